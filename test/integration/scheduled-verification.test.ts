import { join } from 'node:path';

import type { ScheduleHandle } from '@temporalio/client';

import type { Verification } from '../../src/database/verifications';
import { freePort } from '../../src/dev/machine/ports';
import { INTENT_WORKFLOW_TYPE, OPERATIONS_TASK_QUEUE, VERIFY_SCHEDULE_ID } from '../../src/intent';
import { FINDING_CODES } from '../../src/ops/findings';
import { capturedRun } from '../cli/captured-run';
import { useOwnServers } from '../ops/own-servers';
import { eventually } from '../setup/eventually';
import { fromEnvironment, ORGANIZATION } from '../setup/intent-environment';
import { scrape, type Samples } from '../setup/metrics';
import { killLeftovers, startProcess, startWorkerProcess, type WorkerProcess } from '../setup/worker-process';

/** More than one page of a verification, and one page alone. */
const [MANY, PAGE] = [210, 200];
const NO_FINDINGS: Samples = Object.fromEntries(
  Object.keys(FINDING_CODES).map((code) => [`code="${code}"`, 0]),
);

const servers = useOwnServers({ worker: false });
const { walked } = servers;

let metricsAddress: string;
let worker: WorkerProcess;
let schedule: ScheduleHandle;

const start = (...args: string[]) => startWorkerProcess(args, servers.stack.env);
const startWorker = () => start('--metrics-address', metricsAddress);
const containing = (text: string) => expect.stringContaining(text) as string;
const run = (...args: string[]) => capturedRun(['schedule', ...args], servers.stack.env);

async function runs(): Promise<Verification[]> {
  const { rows } = await servers.pool.query<Verification>(
    `SELECT run_id AS "runId", intents, witnessed, forgotten, unchecked, findings, samples, failure, complete, clean
       FROM intent_verifications ORDER BY finished_at`,
  );
  return rows;
}

/** Asks for a run and waits for its row, and for the schedule to see its end. */
async function verifiedNow(): Promise<Verification> {
  const before = (await runs()).length;
  expect(await run('run', 'verify')).toMatchObject({ exitCode: 0 });
  return rowAfter(before);
}

async function rowAfter(before: number): Promise<Verification> {
  await eventually(async () => expect((await schedule.describe()).info.runningActions).toEqual([]));
  return eventually(async () => {
    const rows = await runs();
    expect(rows).toHaveLength(before + 1);
    return rows.at(-1) as Verification;
  });
}

const expectMetrics = (expected: Record<string, unknown>) =>
  eventually(async () => expect(await scrape(metricsAddress)).toMatchObject(expected));

/** As whoever administers the database could, the triggers' rules aside. */
async function asSuperuser(sql: string): Promise<void> {
  await servers.owner.query(`ALTER TABLE workflow_transition_audit DISABLE TRIGGER USER; ${sql};
                             ALTER TABLE workflow_transition_audit ENABLE TRIGGER USER`);
}

beforeAll(async () => {
  metricsAddress = `127.0.0.1:${await freePort()}`;
  schedule = servers.temporal.schedule.getHandle(VERIFY_SCHEDULE_ID);
  worker = startWorker();
  await worker.sees('Worker ready');
}, 60_000);
afterAll(killLeftovers);

test('before the first run there is nothing scheduled, no result, and no metric that says clean', async () => {
  expect(await run('list')).toMatchObject({
    exitCode: 0,
    stdout: containing('Nothing is scheduled'),
  });
  expect(await run('run', 'verify')).toMatchObject({
    exitCode: 1,
    stderr: containing('Nothing is scheduled'),
  });
  const metrics = await scrape(metricsAddress);
  expect(Object.keys(metrics).filter((name) => name.startsWith('intent_'))).toEqual([]);
  expect(Object.keys(metrics).filter((name) => name.startsWith('temporal_')).length).toBeGreaterThan(5);
});

test('what is scheduled runs by itself: a clean row, metrics that say so, and the list', async () => {
  await walked(ORGANIZATION, ['ICP_PENDING', 'ICP_PROCESSING']);
  await walked(ORGANIZATION, ['ICP_PENDING', 'CANCELLED']);
  const { stdout } = await run('verify', '--every', '10s', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ result: 'created', id: 'intent-verify', everySeconds: 10 });
  await eventually(async () => expect(await runs()).not.toEqual([]));
  // From here on it runs when it is told to.
  expect((await run('verify', '--every', '365d')).stdout).toContain('Changed: verify every 365d.');
  await eventually(async () => expect((await schedule.describe()).info.runningActions).toEqual([]));

  const [first] = await runs();
  const counts = { intents: 2, witnessed: 2, forgotten: 0, unchecked: 0, findings: {} };
  expect(first).toMatchObject({ ...counts, samples: [], failure: null, complete: true, clean: true });
  await expectMetrics({
    intent_verify_clean: { '': 1 },
    intent_verify_complete: { '': 1 },
    intent_verify_intents: { '': 2 },
    intent_verify_unchecked_intents: { '': 0 },
    intent_verify_forgotten_intents: { '': 0 },
    intent_verify_findings: NO_FINDINGS,
  });
  const { last, ...listed } =
    (JSON.parse((await run('list', '--json')).stdout) as { last: object }[])[0] ?? {};
  expect(listed).toMatchObject({
    id: 'intent-verify',
    everySeconds: 365 * 86_400,
    paused: false,
    running: null,
  });
  expect(last).toMatchObject({ ...counts, clean: true });
  expect((await run('list')).stdout).toMatch(/verify +\| 365d .*\| clean$/m);
});

test('scheduling the same again changes nothing, and what was paused stays paused', async () => {
  const before = await schedule.describe();
  expect((await run('verify', '--every', '365d')).stdout).toContain('Unchanged');
  expect((await schedule.describe()).info.lastUpdatedAt).toEqual(before.info.lastUpdatedAt);
  await schedule.pause('for a while');
  const { stdout } = await run('verify', '--every', '364d');
  expect(stdout).toContain('It is paused');
  expect((await schedule.describe()).state).toMatchObject({ paused: true, note: 'for a while' });
  await schedule.unpause();
});

test('what was tampered with is in the next row, by code, and in the metrics, and goes when it is mended', async () => {
  const id = await walked(ORGANIZATION, ['ICP_PENDING']);
  const { rows } = await servers.pool.query<{ actor: string }>(
    'SELECT actor FROM workflow_transition_audit WHERE workflow_id = $1 AND sequence = 2',
    [id],
  );
  const setActor = (actor: string | undefined) =>
    asSuperuser(
      `UPDATE workflow_transition_audit SET actor = '${actor}' WHERE workflow_id = '${id}' AND sequence = 2`,
    );
  await setActor('mallory');
  const forged = await verifiedNow();
  expect(forged).toMatchObject({ complete: true, clean: false, findings: { ROW_ALTERED: 1 } });
  // No detail: it may quote what an intent says.
  expect(forged.samples).toEqual([
    { code: 'ROW_ALTERED', intentId: id, organizationId: ORGANIZATION, sequence: 2 },
  ]);
  await expectMetrics({
    intent_verify_clean: { '': 0 },
    intent_verify_findings: { ...NO_FINDINGS, 'code="ROW_ALTERED"': 1 },
  });
  expect((await run('list')).stdout).toContain('ROW_ALTERED 1');

  await setActor(rows[0]?.actor);
  expect(await verifiedNow()).toMatchObject({ clean: true, findings: {} });
  await expectMetrics({ intent_verify_clean: { '': 1 }, intent_verify_findings: NO_FINDINGS });
});

test('a worker that has just started shows the last result, though it has verified nothing', async () => {
  worker.kill('SIGTERM');
  expect(await worker.exited).toBe(0);
  worker = startWorker();
  await expectMetrics({ intent_verify_clean: { '': 1 } });
});

describe('with an intent whose worker is away', () => {
  /** The last in the order of ids, so that it is on the last page. */
  const last = 'ffffffff-0000-4000-8000-000000000001';
  let elsewhere: WorkerProcess;

  beforeAll(async () => {
    elsewhere = start('--task-queue', 'elsewhere', '--no-operations');
    await elsewhere.sees('Worker ready: task queue elsewhere, ');
    await servers.temporal.workflow.start(INTENT_WORKFLOW_TYPE, {
      workflowId: last,
      taskQueue: 'elsewhere',
      args: [{ organizationId: ORGANIZATION }],
    });
    await servers.intents.waitForState(last, 'CREATED');
    elsewhere.kill('SIGKILL');
    await elsewhere.exited;
  });

  test('what could not be checked is recorded as unchecked, and not as clean', async () => {
    const unchecked = await verifiedNow();
    expect(unchecked).toMatchObject({ unchecked: 1, findings: {}, complete: true, clean: false });
    expect(unchecked.samples).toMatchObject([{ intentId: last, detail: containing('does not answer') }]);
    await expectMetrics({ intent_verify_clean: { '': 0 }, intent_verify_unchecked_intents: { '': 1 } });
  });

  test('a run that is cancelled is recorded as not finished', async () => {
    const before = (await runs()).length;
    await run('run', 'verify');
    const workflowId = await runningWorkflow();
    await servers.temporal.workflow.getHandle(workflowId).cancel();
    const cancelled = await rowAfter(before);
    expect(cancelled).toMatchObject({ complete: false, clean: false, intents: 0 });
    expect(cancelled.failure).toBe('It was cancelled');
    await expectMetrics({ intent_verify_complete: { '': 0 } });
  });

  describe('a run whose worker ends in the middle', () => {
    beforeAll(async () => {
      const before = await intentsInPostgres();
      const create = (_: unknown, index: number) =>
        servers.intents.create({ organizationId: ORGANIZATION, idempotencyKey: `many-${index}` });
      await Promise.all(Array.from({ length: MANY }, create));
      await eventually(async () => expect(await intentsInPostgres()).toBe(before + MANY));
    }, 60_000);

    test.each(['SIGKILL', 'SIGTERM'] as const)(
      'by %s goes on where it was and has one row; what was due meanwhile is skipped',
      async (how) => {
        const { rows } = await servers.pool.query<{ id: string; actor: string | null }>(
          'SELECT workflow_id AS id, actor FROM workflow_transition_audit WHERE sequence = 1 ORDER BY 1 LIMIT 1',
        );
        const [{ id, actor } = { id: '', actor: null }] = rows;
        const setActor = (value: string | null) =>
          asSuperuser(`UPDATE workflow_transition_audit SET actor = ${value === null ? 'NULL' : `'${value}'`}
                        WHERE workflow_id = '${id}' AND sequence = 1`);
        const before = (await runs()).length;
        const skipped = (await schedule.describe()).info.numActionsSkippedOverlap;

        // Found on the first page, and mended before the run goes on: it counts only if that page is not verified again.
        await setActor('mallory');
        await run('run', 'verify');
        const workflowId = await runningWorkflow();
        await eventually(async () => expect(await heartbeatOf(workflowId)).toContain(`"intents":${PAGE}`));

        const second = await run('run', 'verify');
        expect(second).toMatchObject({ exitCode: 1, stderr: containing('runs already') });
        await schedule.trigger('SKIP');
        await eventually(async () =>
          expect((await schedule.describe()).info.numActionsSkippedOverlap).toBe(skipped + 1),
        );

        worker.kill(how);
        await worker.exited;
        await setActor(actor);
        elsewhere = start('--task-queue', 'elsewhere', '--no-operations');
        worker = startWorker();
        await Promise.all([elsewhere.sees('Worker ready'), worker.sees('Worker ready')]);
        const resumed = await rowAfter(before);
        expect(resumed).toMatchObject({ unchecked: 0, complete: true, findings: { ROW_ALTERED: 1 } });
        expect(resumed.intents).toBeGreaterThan(MANY);
        expect(resumed.witnessed).toBe(resumed.intents);
        expect(resumed.samples).toMatchObject([{ code: 'ROW_ALTERED', intentId: id }]);

        expect(await verifiedNow()).toMatchObject({ clean: true, intents: resumed.intents });
        elsewhere.kill('SIGKILL');
        await elsewhere.exited;
      },
      120_000,
    );
  });
});

test('a run whose worker dies between the row and the answer keeps that row', async () => {
  worker.kill('SIGTERM');
  await worker.exited;
  const intentsOnly = start('--no-operations');
  const crashing = startProcess(
    ['--import', 'jiti/register', join(__dirname, '..', 'setup', 'crashing-worker.ts')],
    {
      ...servers.stack.env,
      TASK_QUEUE: OPERATIONS_TASK_QUEUE,
      TEST_WORKFLOW_BUNDLE: fromEnvironment('TEST_WORKFLOW_BUNDLE'),
      CRASH_IN: 'verifyIntents',
    },
  );
  const before = (await runs()).length;
  await run('run', 'verify');
  expect(await crashing.exited).toBe('SIGKILL');
  const [stored] = (await runs()).slice(before);
  intentsOnly.kill('SIGTERM');
  await intentsOnly.exited;
  worker = startWorker();
  expect(await rowAfter(before)).toEqual(stored);
}, 120_000);

test('what is deleted runs no more, and its results stay', async () => {
  const before = await runs();
  expect(JSON.parse((await run('delete', 'verify', '--json')).stdout)).toEqual({ deleted: true });
  expect((await run('delete', 'verify')).stdout).toContain('Nothing was scheduled');
  await expect(schedule.describe()).rejects.toThrow('not found');
  expect(await runs()).toEqual(before);
});

async function intentsInPostgres(): Promise<number> {
  const counted = 'SELECT count(*)::int AS count FROM intent_workflows';
  const { rows } = await servers.pool.query<{ count: number }>(counted);
  return rows[0]?.count ?? 0;
}

async function runningWorkflow(): Promise<string> {
  return eventually(async () => {
    const [running] = (await schedule.describe()).info.runningActions;
    const { workflowId } = running?.workflow ?? {};
    expect(workflowId).toBeDefined();
    return workflowId as string;
  });
}

/** JSON of what the activity's last heartbeat told. */
async function heartbeatOf(workflowId: string): Promise<string> {
  const { raw } = await servers.temporal.workflow.getHandle(workflowId).describe();
  const [payload] = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads ?? [];
  return Buffer.from(payload?.data ?? []).toString();
}
