import type { WorkflowCode } from '../../histories/workflow-code';
import { notFrozen, type Change } from '../change';
import { compareTrails } from './compare-trails';
import { locateFailure } from './locate-failure';
import { replayRuns, type ReplayedRun, type RunToReplay, type Trail } from './replay-runs';

export interface HistoriesCheck {
  readonly changes: Change[];
  /** Of the runs that replay, by name. */
  readonly trails: ReadonlyMap<string, Trail>;
}

/** Replays every run with the given code, and compares what it tells with what it told. */
export async function checkHistories(
  code: WorkflowCode,
  runs: readonly RunToReplay[],
  frozen: ReadonlyMap<string, Trail>,
): Promise<HistoriesCheck> {
  const replayed = await replayRuns(code, runs);
  const changes: Change[] = [];
  const trails = new Map<string, Trail>();
  for (const run of runs) {
    const { error, trail } = replayed.get(run.name) as ReplayedRun;
    if (error !== undefined) {
      changes.push(await failedReplay(code, run, error));
      continue;
    }
    trails.set(run.name, trail);
    const before = frozen.get(run.name);
    if (before === undefined) changes.push(notFrozen(`history ${run.name}`, 'has no frozen trail yet'));
    else changes.push(...compareTrails(run.name, before, trail));
  }
  return { changes, trails };
}

async function failedReplay(code: WorkflowCode, run: RunToReplay, error: string): Promise<Change> {
  const place = await locateFailure(code, run, error);
  return {
    verdict: 'incompatible',
    subject: `history ${run.name}`,
    what: `no longer replays, at ${place}: ${error}`,
    fix: 'Take the new way behind patched() of the Temporal SDK, or take the change back: intents that run would stop there.',
    final: true,
  };
}
