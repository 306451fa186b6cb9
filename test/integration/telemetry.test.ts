import { join } from 'node:path';

import { createApiKey } from '../../src/database/api-keys/create-api-key';
import { SCOPE_NAMES } from '../../src/database/api-keys/scopes';
import { createPool } from '../../src/database/pool';
import { freePort } from '../../src/dev/machine/ports';
import { eventually } from '../setup/eventually';
import {
  createIntentEnvironment,
  fromEnvironment,
  ORGANIZATION,
  type IntentEnvironment,
} from '../setup/intent-environment';
import { scrape, type Samples } from '../setup/metrics';
import { killLeftovers, startProcess, startWorkerProcess, type WorkerProcess } from '../setup/worker-process';

const GATEWAY = join(__dirname, '..', '..', 'dist', 'gateway', 'main.js');
const INTENTS = 20;

let environment: IntentEnvironment;
let workers: WorkerProcess[];
let gateway: WorkerProcess;
let addresses: string[];
let gatewayMetrics: string;
let url: string;
let key: string;

beforeAll(async () => {
  environment = await createIntentEnvironment('telemetry');
  const { database, taskQueue } = environment;
  addresses = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  gatewayMetrics = `127.0.0.1:${await freePort()}`;
  const env = { TEMPORAL_ADDRESS: fromEnvironment('TEST_TEMPORAL_ADDRESS') };
  workers = addresses.map((address) =>
    startWorkerProcess(['--task-queue', taskQueue, '--no-operations', '--metrics-address', address], {
      ...env,
      DATABASE_URL: database.engineUrl,
    }),
  );
  gateway = startProcess([GATEWAY], {
    ...env,
    GATEWAY_DATABASE_URL: database.gatewayUrl,
    INTENT_TASK_QUEUE: taskQueue,
    INTENT_GATEWAY_ADDRESS: '127.0.0.1:0',
    INTENT_METRICS_ADDRESS: gatewayMetrics,
  });
  await Promise.all(workers.map((worker) => worker.sees('Worker ready')));
  url = /http:\/\/[\d.:]+/.exec(await gateway.sees('Gateway ready'))?.[0] ?? '';
  const owner = createPool({ databaseUrl: database.ownerUrl, applicationName: 'test keys', max: 1 });
  const wanted = {
    organizationId: ORGANIZATION,
    name: 'test',
    actor: 'ada@example.com',
    scopes: SCOPE_NAMES,
    roles: [],
  };
  key = (await createApiKey(owner, wanted, 'tests')).text;
  await owner.end();
});
afterAll(async () => {
  killLeftovers();
  await environment.close();
});

async function send(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      prefer: 'wait=30',
      ...headers,
    },
    body: JSON.stringify(body),
  });
}

/** Ten requests to each: two moves, a repetition of one, and seven that are rejected, for three reasons. */
async function load(): Promise<number[]> {
  const statuses: number[] = [];
  const walk = async (): Promise<void> => {
    const created = await send('/v1/intents', { title: 'a secret title' });
    const { id } = (await created.json()) as { id: string };
    const asked: [to: string, id: string][] = [
      ['ICP_PENDING', 'first'],
      ['ICP_PENDING', 'first'],
      ['ICP_PENDING', 'again'],
      ['COMPLETED', 'too-far'],
      ['COMPLETED', 'too-far-2'],
      ['NOWHERE', 'nowhere'],
      ['NOWHERE', 'nowhere-2'],
      ['NOWHERE', 'nowhere-3'],
      ['ICP_PROCESSING', 'second'],
      ['COMPLETED', 'too-far-3'],
    ];
    for (const [to, requestId] of asked) {
      const reason = 'a secret reason';
      const answer = await send(
        `/v1/intents/${id}/transitions`,
        { to, reason },
        { 'idempotency-key': requestId },
      );
      statuses.push(answer.status);
    }
  };
  await Promise.all(Array.from({ length: INTENTS }, walk));
  return statuses;
}

/** Sum over the workers of a metric's samples, by one label. */
function sums(scraped: Array<Record<string, Samples>>, name: string, label?: string): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const samples of scraped.map((metrics) => metrics[name] ?? {}))
    for (const [labels, value] of Object.entries(samples)) {
      const by =
        label === undefined ? 'all' : (new RegExp(`\\b${label}="([^"]*)"`).exec(labels)?.[1] ?? 'none');
      sum[by] = (sum[by] ?? 0) + value;
    }
  return sum;
}

async function countRows(sql: string): Promise<Record<string, number>> {
  const { rows } = await environment.superuser.query<{ by: string; rows: number }>(sql);
  return Object.fromEntries(rows.map((row) => [row.by, row.rows]));
}

const nonZero = (counts: Record<string, number>) =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));

test('after load the counters of the workers, the counts of Postgres and its rows are the same', async () => {
  const statuses = await load();
  expect(statuses).toHaveLength(10 * INTENTS);
  const audit = await countRows(
    'SELECT kind AS by, count(*)::int AS rows FROM workflow_transition_audit GROUP BY kind',
  );
  const rejections = await countRows(
    'SELECT code AS by, count(*)::int AS rows FROM workflow_transition_rejections GROUP BY code',
  );
  expect(audit).toEqual({ transition: 3 * INTENTS });
  expect(rejections).toEqual({
    ALREADY_IN_STATE: INTENTS,
    ILLEGAL_TRANSITION: 3 * INTENTS,
    UNKNOWN_STATE: 3 * INTENTS,
  });

  await eventually(async () => {
    const scraped = await Promise.all(addresses.map(scrape));
    expect(nonZero(sums(scraped, 'intent_requests_total', 'outcome'))).toEqual({
      applied: 3 * INTENTS,
      ...rejections,
    });
    expect(sums(scraped, 'intent_audit_rows_total')).toEqual({ all: 3 * INTENTS });
    expect(sums(scraped, 'intent_transitions_total')).toEqual({ all: 3 * INTENTS });
    expect(sums(scraped, 'intent_mirror_lag_seconds_count')).toEqual({ all: 10 * INTENTS });
    expect(sums(scraped, 'intent_unrecorded_outcomes')).toEqual({ all: 0 });
    expect(sums(scraped, 'intent_startup_validation')).toEqual({ all: addresses.length });
    for (const one of scraped) {
      expect(nonZero(sums([one], 'intent_recorded_audit_rows', 'kind'))).toEqual(audit);
      expect(nonZero(sums([one], 'intent_recorded_rejections', 'code'))).toEqual(rejections);
      expect(sums([one], 'intent_recorded_intents')).toEqual({ all: INTENTS });
      expect(sums([one], 'intent_quarantined_intents')).toEqual({ all: 0 });
      expect(Object.keys(one).some((name) => name.startsWith('temporal_'))).toBe(true);
    }
  });
  const scraped = await Promise.all(addresses.map(scrape));
  expect(sums(scraped, 'intent_record_duration_seconds_count')['all']).toBeGreaterThanOrEqual(INTENTS);
}, 120_000);

test('the gateway counts what it answers, on an address of its own', async () => {
  expect((await send('/v1/intents', {}, { authorization: `Bearer ${key.slice(0, -4)}none` })).status).toBe(
    401,
  );
  await fetch(`${url}/no/such/path`);
  const scraped = await eventually(async () => {
    const found = await scrape(gatewayMetrics);
    expect(sums([found], 'intent_http_requests_total', 'route')).toEqual({
      '/v1/intents': INTENTS + 1,
      '/v1/intents/:id/transitions': 10 * INTENTS,
      none: 1,
    });
    return found;
  });
  expect(sums([scraped], 'intent_http_requests_total', 'status')).toEqual({
    200: 3 * INTENTS,
    201: INTENTS,
    401: 1,
    404: 1,
    409: 4 * INTENTS,
    422: 3 * INTENTS,
  });
  // A repetition is answered once more, and recorded once.
  expect(sums([scraped], 'intent_http_outcomes_total', 'outcome')).toEqual({
    applied: 3 * INTENTS,
    ALREADY_IN_STATE: INTENTS,
    ILLEGAL_TRANSITION: 3 * INTENTS,
    UNKNOWN_STATE: 3 * INTENTS,
  });
  expect(sums([scraped], 'intent_key_uses_total', 'result')).toEqual({ accepted: 11 * INTENTS, refused: 1 });
  expect(scraped).toHaveProperty('process_resident_memory_bytes');
  expect((await fetch(`${url}/metrics`)).status).toBe(404);
});

test('streams of events are counted while they are open', async () => {
  const leave = new AbortController();
  await fetch(`${url}/v1/events`, { headers: { authorization: `Bearer ${key}` }, signal: leave.signal });
  expect((await scrape(gatewayMetrics))['intent_event_streams']).toEqual({ '': 1 });
  leave.abort();
  await eventually(async () =>
    expect((await scrape(gatewayMetrics))['intent_event_streams']).toEqual({ '': 0 }),
  );
});

test('no label tells of an organization, an intent, a request or a key', async () => {
  const all = await Promise.all([...addresses, gatewayMetrics].map((at) => fetch(`http://${at}/metrics`)));
  const text = (await Promise.all(all.map((answer) => answer.text()))).join('\n');
  const ours = text.split('\n').filter((line) => line.startsWith('intent_'));
  expect(ours.length).toBeGreaterThan(50);
  expect(ours.join('\n')).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
  expect(ours.join('\n')).not.toContain(key.split('_')[1]);
});

test('each transition is one line of the log, and says nothing of people', () => {
  const lines = workers
    .flatMap(({ output }) => output)
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const transitions = lines.filter(({ msg }) => msg === 'transition');
  expect(transitions).toHaveLength(3 * INTENTS);
  const second = transitions.filter(({ requestId }) => requestId === 'second');
  expect(new Set(second.map(({ workflowId }) => workflowId)).size).toBe(INTENTS);
  expect(second[0]).toMatchObject({
    level: 'info',
    name: 'intent-worker',
    sequence: 3,
    previousState: 'ICP_PENDING',
    newState: 'ICP_PROCESSING',
    kind: 'transition',
  });
  expect(transitions.filter(({ graph }) => graph === 'content-intent@1')).toHaveLength(INTENTS);
  expect(JSON.stringify(lines)).not.toMatch(/a secret|example\.com/);
});

test('a worker that refuses to start is shown by those that run', async () => {
  const { database, taskQueue } = environment;
  const refused = startWorkerProcess(['--task-queue', taskQueue, '--graph', 'no-such-file.json'], {
    DATABASE_URL: database.engineUrl,
    TEMPORAL_ADDRESS: fromEnvironment('TEST_TEMPORAL_ADDRESS'),
  });
  expect(await refused.exited).toBe(1);
  await eventually(async () => {
    for (const address of addresses)
      expect((await scrape(address))['intent_startup_failures_recent']).toEqual({ '': 1 });
  });
  const { rows } = await environment.pool.query<{ problem: string | null }>(
    'SELECT problem FROM intent_worker_starts ORDER BY number',
  );
  expect(rows.map(({ problem }) => problem)).toEqual([null, null, expect.stringContaining('no-such-file')]);
});
