import { recordScenarios } from '../histories/record';
import { recordedRuns } from '../histories/recorded';
import { scenarioNames } from '../histories/scenario';
import type { Change } from './change';
import { compareContracts, presentContracts } from './contracts';
import { readFrozen, writeFrozen, writeTrails } from './frozen-files';
import type { Places } from './places';
import { checkRecordedHistories } from './verify-frozen';

export interface FreezeOptions {
  readonly places: Places;
  /** Scenarios to record anew, beside those that were never recorded. */
  readonly scenarios: readonly string[];
  /** Takes incompatible changes as well. */
  readonly accept: boolean;
  readonly log: (line: string) => void;
}

export interface Frozen {
  /** False: nothing was written, because of the changes that `refused` names. */
  readonly frozen: boolean;
  /** What was noted or accepted. */
  readonly changes: readonly Change[];
  readonly refused: readonly Change[];
}

/** Records what is to be recorded, and freezes what is there now, if it is compatible or accepted. */
export async function freezePresent({ places, scenarios, accept, log }: FreezeOptions): Promise<Frozen> {
  const frozen = readFrozen(places.frozen);
  const present = await presentContracts();
  const changes = compareContracts(frozen, present);
  const broken = changes.filter(isIncompatible);
  // Before anything is recorded, which takes long.
  if (broken.length > 0 && !accept) return { frozen: false, changes: [], refused: broken };

  const versions = versionsToRecord(scenarios, places.histories);
  if (versions.size > 0)
    await recordScenarios(versions, { folder: places.histories, code: places.code, log });

  const histories = await checkRecordedHistories(places);
  const judged = histories.changes.filter(isIncompatible);
  if (judged.length > 0 && !accept) return { frozen: false, changes: [], refused: judged };

  writeFrozen(present, places.frozen);
  writeTrails(histories.trails, recordedRuns(places.histories), places.frozen);
  const all = [...changes, ...histories.changes];
  return {
    frozen: true,
    changes: all.filter(({ final }) => final !== true),
    refused: all.filter(({ final }) => final === true),
  };
}

/** The named scenarios, and those that were never recorded, each with its next version. */
function versionsToRecord(named: readonly string[], histories: string): Map<string, number> {
  const newest = new Map<string, number>();
  for (const { scenario, version } of recordedRuns(histories)) {
    newest.set(scenario, Math.max(version, newest.get(scenario) ?? 0));
  }
  const wanted = scenarioNames().filter((name) => named.includes(name) || !newest.has(name));
  return new Map(wanted.map((name) => [name, (newest.get(name) ?? 0) + 1]));
}

function isIncompatible({ verdict }: Change): boolean {
  return verdict === 'incompatible';
}
