import { join } from 'node:path';

import {
  createIntentEnvironment,
  fromEnvironment,
  type IntentEnvironment,
} from '../setup/intent-environment';
import { startProcess } from '../setup/worker-process';
import { csv, declarations, logFolder } from './event-log';

const ORGANIZATION = '0b8fd1a5-6f6c-4a1d-9a67-0d0f4bb7c001';
const CASES = 60;
const folder = logFolder();
let environment: IntentEnvironment;

beforeAll(async () => {
  environment = await createIntentEnvironment('killed-import');
  await environment.startWorker();
});

afterAll(async () => {
  await environment.close();
  folder.remove();
});

/** The built command, in a process of its own. */
function startImport(file: string) {
  return startProcess(
    [
      join(__dirname, '..', '..', 'dist', 'cli', 'main.js'),
      ...['import', file, '--organization', ORGANIZATION, '--task-queue', environment.taskQueue],
      ...['--graph-file', 'examples/travel-declarations/graph.json', '--concurrency', '3'],
    ],
    {
      DATABASE_URL: environment.database.engineUrl,
      OWNER_DATABASE_URL: environment.database.ownerUrl,
      TEMPORAL_ADDRESS: fromEnvironment('TEST_TEMPORAL_ADDRESS'),
    },
  );
}

async function importedRows(): Promise<number> {
  const { rows } = await environment.pool.query<{ rows: number }>(
    'SELECT count(*)::integer AS rows FROM workflow_transition_audit WHERE sequence > 1',
  );
  return rows[0]?.rows ?? 0;
}

test('an import that is killed in the middle goes on when it is run again, and no row is there twice', async () => {
  const file = folder.write('log.csv', csv(declarations(CASES).flat()));
  const killed = startImport(file);
  while ((await importedRows()) < 20);
  killed.kill('SIGKILL');
  expect(await killed.exited).toBe('SIGKILL');
  expect(await importedRows()).toBeLessThan(CASES * 5);

  const resumed = startImport(file);
  expect(await resumed.exited).toBe(0);
  expect(resumed.output.join('\n')).toMatch(/0 missing, 0 extra, 0 differing/);
  expect(resumed.output.join('\n')).toMatch(/[1-9]\d* imported now, [1-9]\d* there before, 0 not imported/);
  expect(await importedRows()).toBe(CASES * 5);
});
