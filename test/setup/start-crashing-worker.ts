import { join } from 'node:path';

import type { MoveKind } from '../../src/intent';
import { fromEnvironment, type IntentEnvironment } from './intent-environment';
import { startProcess, type WorkerProcess } from './worker-process';

/** The program itself, for servers of a test's own. */
export function startCrashingProcess(env: Record<string, string>): WorkerProcess {
  return startProcess(['--import', 'jiti/register', join(__dirname, 'crashing-worker.ts')], {
    ...env,
    TEST_WORKFLOW_BUNDLE: fromEnvironment('TEST_WORKFLOW_BUNDLE'),
  });
}

/**
 * A worker that dies after Postgres has committed and before Temporal knows. Resolves when it is ready.
 *
 * @param crashIn activity that it dies in
 * @param kind of the move that has to be among what is recorded; any, if left out
 */
export async function startCrashingWorker(
  { database, taskQueue }: Pick<IntentEnvironment, 'database' | 'taskQueue'>,
  crashIn: 'createIntent' | 'recordOutcomes',
  kind?: MoveKind,
): Promise<WorkerProcess> {
  const worker = startCrashingProcess({
    DATABASE_URL: database.engineUrl,
    TEMPORAL_ADDRESS: fromEnvironment('TEST_TEMPORAL_ADDRESS'),
    TASK_QUEUE: taskQueue,
    CRASH_IN: crashIn,
    ...(kind !== undefined && { CRASH_KIND: kind }),
  });
  await worker.sees('Worker ready');
  return worker;
}
