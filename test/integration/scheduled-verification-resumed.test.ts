import { OPERATIONS_TASK_QUEUE } from '../../src/intent';
import { useScheduledRuns } from '../ops/scheduled-runs';
import { eventually } from '../setup/eventually';
import { ORGANIZATION } from '../setup/intent-environment';
import { startCrashingProcess } from '../setup/start-crashing-worker';
import { killLeftovers, type WorkerProcess } from '../setup/worker-process';

/** More than one page of a verification, and one page alone. */
const [MANY, PAGE] = [210, 200];
/** For as long as their worker is away a verification waits 45 s for these: time to end its own worker in. */
const AWAY = 24;
const AWAY_OPTIONS = ['--task-queue', 'away', '--no-operations'];

const {
  servers,
  schedule,
  startWorker,
  command,
  rows,
  verifiedNow,
  rowAfter,
  runningWorkflow,
  startLast,
  tamper,
} = useScheduledRuns();

let worker: WorkerProcess;
let away: WorkerProcess;

beforeAll(async () => {
  [worker, away] = [startWorker(), startWorker(...AWAY_OPTIONS)];
  await Promise.all([worker.sees('Worker ready'), away.sees('Worker ready')]);
  await startLast(AWAY, 'away');
  const create = () => servers.intents.create({ organizationId: ORGANIZATION });
  await Promise.all(Array.from({ length: MANY }, create));
  await eventually(async () => expect(await intentsInPostgres()).toBe(MANY + AWAY));
  expect(await command('verify', '--every', '365d')).toMatchObject({ exitCode: 0 });
}, 90_000);
afterAll(killLeftovers);

test.each(['SIGKILL', 'SIGTERM'] as const)(
  'a run whose worker ends by %s goes on where it was and has one row; what was due meanwhile is skipped',
  async (how) => {
    away.kill('SIGKILL');
    await away.exited;
    const first = await servers.pool.query<{ id: string; actor: string | null }>(
      'SELECT workflow_id AS id, actor FROM workflow_transition_audit WHERE sequence = 1 ORDER BY 1 LIMIT 1',
    );
    const [{ id, actor } = { id: '', actor: null }] = first.rows;
    const setActor = (value: string | null) =>
      tamper(`UPDATE workflow_transition_audit SET actor = ${value === null ? 'NULL' : `'${value}'`}
                    WHERE workflow_id = '${id}' AND sequence = 1`);
    const before = (await rows()).length;
    const skipped = (await schedule().describe()).info.numActionsSkippedOverlap;

    // Found on the first page, and mended before the run goes on: it counts only if that page is not verified again.
    await setActor('mallory');
    await command('run', 'verify');
    const workflowId = await runningWorkflow();
    await eventually(async () => expect(await heartbeatOf(workflowId)).toContain(`"intents":${PAGE}`));

    const second = await command('run', 'verify');
    expect(second).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('runs already') as string });
    await schedule().trigger('SKIP');
    await eventually(async () =>
      expect((await schedule().describe()).info.numActionsSkippedOverlap).toBe(skipped + 1),
    );

    worker.kill(how);
    expect(await worker.exited).toBe(how === 'SIGTERM' ? 0 : how);
    await setActor(actor);
    [worker, away] = [startWorker(), startWorker(...AWAY_OPTIONS)];
    await Promise.all([away.sees('Worker ready'), worker.sees('Worker ready')]);
    const resumed = await rowAfter(before);
    const all = { intents: MANY + AWAY, witnessed: MANY + AWAY, unchecked: 0, complete: true };
    expect(resumed).toMatchObject({ ...all, findings: { ROW_ALTERED: 1 } });
    expect(resumed.samples).toMatchObject([{ code: 'ROW_ALTERED', intentId: id }]);

    expect(await verifiedNow()).toMatchObject({ ...all, clean: true });
  },
  240_000,
);

test('a run whose worker dies between the row and the answer keeps that row', async () => {
  worker.kill('SIGTERM');
  await worker.exited;
  const intentsOnly = startWorker('--no-operations');
  const crashing = startCrashingProcess({
    ...servers.stack.env,
    TASK_QUEUE: OPERATIONS_TASK_QUEUE,
    CRASH_IN: 'verifyIntents',
  });
  const before = (await rows()).length;
  await command('run', 'verify');
  expect(await crashing.exited).toBe('SIGKILL');
  const [stored] = (await rows()).slice(before);
  intentsOnly.kill('SIGTERM');
  await intentsOnly.exited;
  worker = startWorker();
  expect(await rowAfter(before)).toEqual(stored);
}, 240_000);

async function intentsInPostgres(): Promise<number> {
  const counted = 'SELECT count(*)::int AS count FROM intent_workflows';
  const { rows } = await servers.pool.query<{ count: number }>(counted);
  return rows[0]?.count ?? 0;
}

/** JSON of what the activity's last heartbeat told. */
async function heartbeatOf(workflowId: string): Promise<string> {
  const { raw } = await servers.temporal.workflow.getHandle(workflowId).describe();
  const [payload] = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads ?? [];
  return Buffer.from(payload?.data ?? []).toString();
}
