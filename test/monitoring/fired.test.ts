import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { freePort } from '../../src/dev/machine/ports';
import { makeTemporaryFolder } from '../../src/dev/machine/temporary-folder';
import { contentIntentGraph } from '../../src/graph';
import { keepRequesting } from '../ops/keep-requesting';
import { useScheduledRuns } from '../ops/scheduled-runs';
import { editedBuild } from '../setup/edited-build';
import { eventually } from '../setup/eventually';
import { ORGANIZATION } from '../setup/intent-environment';
import { UNPATCHED } from '../setup/patched-code';
import { startPrometheus, type ActiveAlert, type Prometheus } from '../setup/prometheus';
import { killLeftovers, startProcess, type WorkerProcess } from '../setup/worker-process';
import { metricsOf } from './metric-names';
import { quickRules } from './quick-rules';
import { rules } from './rules-file';

const RUNBOOKS = 'https://runbooks.example.com';
const LONG = 120_000;

const { servers, startWorker, command, verifiedNow, tamper } = useScheduledRuns();

let prometheus: Prometheus;
let addresses: string[];
let worker: WorkerProcess;

/** A worker that Prometheus looks for at the first address or the second. */
async function workerAt(place: 0 | 1): Promise<WorkerProcess> {
  const started = startWorker('--metrics-address', addresses[place] ?? '');
  await started.sees('Worker ready');
  return started;
}

const firing = async (): Promise<ActiveAlert[]> =>
  (await prometheus.alerts()).filter(({ state }) => state === 'firing');
const namesOf = (alerts: ActiveAlert[]) => alerts.map(({ labels }) => labels['alertname']);

/** The alert, once it fires: grave as it says, and with a link to its page. */
const fires = (name: string, severity: string, page: string): Promise<ActiveAlert> =>
  eventually(async () => {
    const alert = (await firing()).find(({ labels }) => labels['alertname'] === name);
    expect(alert).toMatchObject({
      labels: { severity, service: 'intent-engine' },
      annotations: { runbook_url: `${RUNBOOKS}/${page}.md` },
    });
    return alert as ActiveAlert;
  }, LONG);

const isOver = (name: string): Promise<void> =>
  eventually(async () => expect(namesOf(await prometheus.alerts())).not.toContain(name), LONG);

beforeAll(async () => {
  addresses = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  [prometheus, worker] = await Promise.all([
    startPrometheus({
      rules: quickRules(),
      jobs: { 'intent-worker': addresses },
      externalLabels: { runbooks: RUNBOOKS },
    }),
    workerAt(0),
  ]);
}, LONG);
afterAll(async () => {
  await prometheus.stop();
  killLeftovers();
});

test('nobody verifies, and is told so until it is scheduled; then nothing fires', async () => {
  await fires('VerifyOverdue', 'warning', 'verify-overdue');
  await servers.walked(ORGANIZATION, ['ICP_PENDING', 'ICP_PROCESSING']);
  await command('verify', '--every', '365d');
  await verifiedNow();
  await eventually(async () => expect(namesOf(await prometheus.alerts())).toEqual([]), LONG);
}, 300_000);

test('a row that somebody altered is drift, until it is mended', async () => {
  const id = await servers.walked(ORGANIZATION, ['ICP_PENDING']);
  const setActor = (actor: string) =>
    tamper(
      `UPDATE workflow_transition_audit SET actor = '${actor}' WHERE workflow_id = '${id}' AND sequence = 2`,
    );
  await setActor('mallory');
  await verifiedNow();
  const { labels, annotations } = await fires('VerifyDrift', 'critical', 'verify-drift');
  expect(labels['code']).toBe('ROW_ALTERED');
  expect(annotations['description']).toContain('has 1 findings of the code ROW_ALTERED');

  await setActor('ada');
  await verifiedNow();
  await isOver('VerifyDrift');
}, 300_000);

test('requests that lose are told of; rows that Postgres does not take are an audit logging failure, until it takes them', async () => {
  const ids = await Promise.all(
    [1, 2, 3].map(() => servers.walked(ORGANIZATION, ['ICP_PENDING', 'ICP_PROCESSING'])),
  );
  // Every third request is for a state that the graph does not lead to.
  const requesting = keepRequesting(servers.intents, ids);
  try {
    await fires('HighConcurrencyFailures', 'warning', 'high-concurrency-failures');
    expect(namesOf(await firing())).not.toContain('WorkflowAuditLoggingFailure');

    await servers.owner.query('REVOKE INSERT ON workflow_transition_audit FROM intent_engine');
    await Promise.all([
      fires('WorkflowAuditLoggingFailure', 'critical', 'workflow-audit-logging-failure'),
      fires('OutcomesUnrecorded', 'critical', 'mirror-lag'),
    ]);
    await servers.owner.query('GRANT INSERT ON workflow_transition_audit TO intent_engine');
    await Promise.all([isOver('WorkflowAuditLoggingFailure'), isOver('OutcomesUnrecorded')]);
  } finally {
    await requesting.stop();
  }
  for (const id of ids) {
    await eventually(async () => expect((await servers.intents.describe(id)).mirrorLag).toBe(0));
  }
  expect(await verifiedNow()).toMatchObject({ clean: true });
}, 400_000);

test('a worker that finds an invalid graph at its start is told of by one that runs', async () => {
  const folder = await makeTemporaryFolder();
  const broken = join(folder.path, 'broken.json');
  writeFileSync(broken, JSON.stringify({ ...contentIntentGraph, name: 'broken', terminal: [] }));
  const refused = startWorker('--graph', broken);
  expect(await refused.exited).toBe(1);
  expect(refused.output.join('\n')).toContain('Workflow graph validation failed');
  await fires('WorkflowGraphValidationFailure', 'critical', 'workflow-graph-validation-failure');
  folder.remove();
}, 200_000);

test('without a worker, and with one whose code does not fit, somebody is told; with the right one intents go on', async () => {
  const id = await servers.walked(ORGANIZATION, ['ICP_PENDING', 'ICP_PROCESSING']);
  worker.kill('SIGKILL');
  await worker.exited;
  await fires('NoWorker', 'critical', 'worker-starvation');

  await servers.intents.requestTransition(id, { to: 'ICP_FAILED', requestId: 'meets other code' });
  const other = await editedBuild(UNPATCHED);
  const wrong = startProcess([other.worker, '--metrics-address', addresses[1] ?? ''], servers.stack.env);
  const { labels } = await fires('NondeterminismErrors', 'critical', 'nondeterminism-errors');
  expect(labels).toMatchObject({ task_queue: 'intents', workflow_type: 'intentWorkflow' });
  await isOver('NoWorker');
  wrong.kill('SIGKILL');
  await wrong.exited;
  other.remove();

  await workerAt(0);
  expect(await servers.intents.waitForState(id, 'ICP_FAILED', { timeoutMs: LONG })).toBeDefined();
  await isOver('NondeterminismErrors');
}, 400_000);

test('each metric that a rule looks at was served by these workers', async () => {
  const seen = new Set(await prometheus.metrics());
  const missing = rules().flatMap(({ expr }) =>
    metricsOf(expr).filter((metric) => !metric.startsWith('intent:') && !seen.has(metric)),
  );
  expect([...new Set(missing)]).toEqual([]);
});
