import { freePort } from '../../src/dev/machine/ports';
import { FINDING_CODES } from '../../src/ops/findings';
import { useScheduledRuns } from '../ops/scheduled-runs';
import { eventually } from '../setup/eventually';
import { ORGANIZATION } from '../setup/intent-environment';
import { scrape, type Samples } from '../setup/metrics';
import { killLeftovers, type WorkerProcess } from '../setup/worker-process';

const NO_FINDINGS: Samples = Object.fromEntries(
  Object.keys(FINDING_CODES).map((code) => [`code="${code}"`, 0]),
);

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
const { walked } = servers;
const containing = (text: string) => expect.stringContaining(text) as string;

let metricsAddress: string;
let worker: WorkerProcess;

const expectMetrics = (expected: Record<string, unknown>) =>
  eventually(async () => expect(await scrape(metricsAddress)).toMatchObject(expected));

beforeAll(async () => {
  metricsAddress = `127.0.0.1:${await freePort()}`;
  worker = startWorker('--metrics-address', metricsAddress);
  await worker.sees('Worker ready');
}, 60_000);
afterAll(killLeftovers);

test('before the first run there is nothing scheduled, no result, and no metric that says clean', async () => {
  expect(await command('list')).toMatchObject({
    exitCode: 0,
    stdout: containing('Nothing is scheduled'),
  });
  expect(await command('run', 'verify')).toMatchObject({
    exitCode: 1,
    stderr: containing('Nothing is scheduled'),
  });
  const metrics = await scrape(metricsAddress);
  expect(Object.keys(metrics).filter((name) => name.startsWith('intent_verify_'))).toEqual([]);
  expect(Object.keys(metrics).filter((name) => name.startsWith('temporal_')).length).toBeGreaterThan(5);
});

test('what is scheduled runs by itself: a clean row, metrics that say so, and the list', async () => {
  await walked(ORGANIZATION, ['ICP_PENDING', 'ICP_PROCESSING']);
  await walked(ORGANIZATION, ['ICP_PENDING', 'CANCELLED']);
  const { stdout } = await command('verify', '--every', '10s', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ result: 'created', id: 'intent-verify', everySeconds: 10 });
  await eventually(async () => expect(await rows()).not.toEqual([]));
  // From here on it runs when it is told to.
  expect((await command('verify', '--every', '365d')).stdout).toContain('Changed: verify every 365d.');
  await eventually(async () => expect((await schedule().describe()).info.runningActions).toEqual([]));

  const [first] = await rows();
  const counts = { intents: 2, witnessed: 2, forgotten: 0, filed: 0, unchecked: 0, findings: {} };
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
    (JSON.parse((await command('list', '--json')).stdout) as { last: object }[])[0] ?? {};
  expect(listed).toMatchObject({
    id: 'intent-verify',
    everySeconds: 365 * 86_400,
    paused: false,
    running: null,
  });
  expect(last).toMatchObject({ ...counts, clean: true });
  expect((await command('list')).stdout).toMatch(/verify +\| 365d .*\| clean$/m);
});

test('scheduling the same again changes nothing, and what was paused stays paused', async () => {
  const before = await schedule().describe();
  expect((await command('verify', '--every', '365d')).stdout).toContain('Unchanged');
  expect((await schedule().describe()).info.lastUpdatedAt).toEqual(before.info.lastUpdatedAt);
  await schedule().pause('for a while');
  const { stdout } = await command('verify', '--every', '364d');
  expect(stdout).toContain('It is paused');
  expect((await schedule().describe()).state).toMatchObject({ paused: true, note: 'for a while' });
  await schedule().unpause();
});

test('what was tampered with is in the next row, by code, and in the metrics, and goes when it is mended', async () => {
  const id = await walked(ORGANIZATION, ['ICP_PENDING']);
  const stored = await servers.pool.query<{ actor: string }>(
    'SELECT actor FROM workflow_transition_audit WHERE workflow_id = $1 AND sequence = 2',
    [id],
  );
  const setActor = (actor: string | undefined) =>
    tamper(
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
  expect((await command('list')).stdout).toContain('ROW_ALTERED 1');

  await setActor(stored.rows[0]?.actor);
  expect(await verifiedNow()).toMatchObject({ clean: true, findings: {} });
  await expectMetrics({ intent_verify_clean: { '': 1 }, intent_verify_findings: NO_FINDINGS });
});

test('a worker that has just started shows the last result, though it has verified nothing', async () => {
  worker.kill('SIGTERM');
  expect(await worker.exited).toBe(0);
  worker = startWorker('--metrics-address', metricsAddress);
  await expectMetrics({ intent_verify_clean: { '': 1 } });
});

describe('with intents whose worker is away', () => {
  let ids: string[];

  beforeAll(async () => {
    const away = startWorker('--task-queue', 'away', '--no-operations');
    await away.sees('Worker ready: task queue away, ');
    ids = await startLast(16, 'away');
    away.kill('SIGKILL');
    await away.exited;
  });

  test('what could not be checked is recorded as unchecked, and not as clean', async () => {
    const unchecked = await verifiedNow();
    expect(unchecked).toMatchObject({ unchecked: 16, findings: {}, complete: true, clean: false });
    expect(new Set(unchecked.samples.map(({ intentId }) => intentId))).toEqual(new Set(ids));
    expect(unchecked.samples[0]?.detail).toContain('does not answer');
    await expectMetrics({ intent_verify_clean: { '': 0 }, intent_verify_unchecked_intents: { '': 16 } });
  });

  test('a run that is cancelled is recorded as not finished', async () => {
    const before = (await rows()).length;
    await command('run', 'verify');
    const workflowId = await runningWorkflow();
    await servers.temporal.workflow.getHandle(workflowId).cancel();
    const cancelled = await rowAfter(before);
    expect(cancelled).toMatchObject({ complete: false, clean: false, intents: 0 });
    expect(cancelled.failure).toBe('It was cancelled');
    await expectMetrics({ intent_verify_complete: { '': 0 } });
  });
});

test('what is deleted runs no more, and its results stay', async () => {
  const before = await rows();
  expect(JSON.parse((await command('delete', 'verify', '--json')).stdout)).toEqual({ deleted: true });
  expect((await command('delete', 'verify')).stdout).toContain('Nothing was scheduled');
  await expect(schedule().describe()).rejects.toThrow('not found');
  expect(await rows()).toEqual(before);
});
