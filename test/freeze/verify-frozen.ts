import { readRun, recordedRuns } from '../histories/recorded';
import { scenarioNames } from '../histories/scenario';
import { notFrozen, type Change } from './change';
import { compareContracts, presentContracts } from './contracts';
import { readFrozen, readTrails } from './frozen-files';
import { checkHistories, type HistoriesCheck } from './histories/check-histories';
import type { RunToReplay } from './histories/replay-runs';
import type { Places } from './places';

/** Everything that the code of today changes of what is frozen; an empty list means that it holds. */
export async function verifyFrozen(places: Places): Promise<Change[]> {
  const contracts = compareContracts(readFrozen(places.frozen), await presentContracts());
  const histories = await checkRecordedHistories(places);
  return [...contracts, ...missingRecordings(places), ...histories.changes];
}

export function checkRecordedHistories({ code, histories, frozen }: Places): Promise<HistoriesCheck> {
  return checkHistories(code, runsToReplay(histories), readTrails(frozen));
}

/** Scenarios that nobody has recorded yet. */
export function missingRecordings({ histories }: Places): Change[] {
  const recorded = new Set(recordedRuns(histories).map(({ scenario }) => scenario));
  return scenarioNames()
    .filter((name) => !recorded.has(name))
    .map((name) => notFrozen(`scenario ${name}`, 'has no recorded history'));
}

export function runsToReplay(histories: string): RunToReplay[] {
  return recordedRuns(histories).map((run) => ({ name: run.name, ...readRun(run) }));
}
