import { join } from 'node:path';

import { verify } from '../../src/ops/verify';
import { brokenLinks, outcomeRows } from '../setup/audit-checks';
import { eventually } from '../setup/eventually';
import {
  createIntentEnvironment,
  fromEnvironment,
  ORGANIZATION,
  type IntentEnvironment,
} from '../setup/intent-environment';
import { register } from '../setup/register';
import { ticket1, ticket2 } from '../setup/ticket-versions';
import { killLeftovers, startProcess, type WorkerProcess } from '../setup/worker-process';

let environment: IntentEnvironment;

beforeAll(async () => {
  environment = await createIntentEnvironment('graph-migrate');
  await register(environment.database, ticket1, ticket2);
  await environment.startWorker();
});
afterAll(async () => {
  killLeftovers();
  await environment.close();
});

const PATIENCE = { timeoutMs: 90_000 };

/** A ticket of the first version that was taken along these states. */
async function ticketIn(...states: string[]): Promise<string> {
  const { intents } = environment;
  const { id } = await intents.create({ organizationId: ORGANIZATION, graph: 'ticket@1' });
  for (const to of states) await intents.transition(id, { to }, PATIENCE);
  if (states.length === 0) await intents.waitForState(id, 'OPEN', PATIENCE);
  return id;
}

function startMoving(...args: string[]): WorkerProcess {
  return startProcess(
    [
      join(__dirname, '..', '..', 'dist', 'cli', 'main.js'),
      ...['graph', 'migrate', '--graph', 'ticket', '--from', 'v1', '--to', 'v2', '--actor', 'ada', ...args],
    ],
    {
      DATABASE_URL: environment.database.engineUrl,
      TEMPORAL_ADDRESS: fromEnvironment('TEST_TEMPORAL_ADDRESS'),
    },
  );
}

const INTENTS = 24;

test('intents are moved in bulk under load, by a command that is killed in the middle, each once; no request is lost', async () => {
  const { intents, pool, temporal } = environment;
  const ids = await Promise.all(
    Array.from({ length: INTENTS }, (_, index) =>
      index % 4 === 0 ? ticketIn() : index % 4 === 1 ? ticketIn('WORKING', 'WAITING') : ticketIn('WORKING'),
    ),
  );
  const working = ids.filter((_, index) => index % 4 > 1);
  let loaded = true;
  const acknowledged: string[] = [];
  const load = Promise.all(
    working.map(async (id) => {
      // A move between the look at an intent and its request is one that the workflow has to judge.
      while (loaded) {
        const { requestId } = await intents.transition(id, { to: 'WORKING', actor: 'app' }, PATIENCE);
        acknowledged.push(requestId);
      }
    }),
  );
  const moved = async () => {
    const { rows } = await pool.query<{ moved: number }>(
      `SELECT count(*)::integer AS moved FROM workflow_transition_audit WHERE kind = 'migration'`,
    );
    return rows[0]?.moved ?? 0;
  };

  const killed = startMoving('--rate', '10');
  await eventually(async () => expect(await moved()).toBeGreaterThan(4));
  killed.kill('SIGKILL');
  expect(await killed.exited).toBe('SIGKILL');
  const byKilled = await moved();
  expect(byKilled).toBeLessThan(INTENTS * 0.75);

  const resumed = startMoving('--rate', '100');
  expect([await resumed.exited, resumed.output]).toEqual([1, expect.anything()]);
  const left = resumed.output.filter((line) => line.startsWith('left: '));
  expect(left).toHaveLength(INTENTS / 4);
  expect(left[0]).toMatch(/^left: intent \S+ in WAITING: ticket@2 has no state WAITING; `map` may say/);
  expect(await moved()).toBe(INTENTS * 0.75);

  const mapped = startMoving('--map', 'WAITING=ON_HOLD');
  expect([await mapped.exited, mapped.output.at(-1)]).toEqual([
    0,
    `${INTENTS / 4} intents follow ticket@2 now`,
  ]);
  loaded = false;
  await load;

  const { rows } = await pool.query<{ requests: number; intents: number }>(
    `SELECT count(*)::integer AS requests, count(DISTINCT workflow_id)::integer AS intents
       FROM workflow_transition_audit WHERE kind = 'migration' AND actor = 'ada'`,
  );
  expect(rows).toEqual([{ requests: INTENTS, intents: INTENTS }]);
  const outcomes = await outcomeRows(pool, working);
  expect(acknowledged.every((requestId) => outcomes.get(requestId) === 1)).toBe(true);
  expect(acknowledged.length).toBeGreaterThan(INTENTS / 2);
  for (const id of ids) {
    expect(await intents.describe(id)).toMatchObject({ graph: 'ticket@2', quarantined: null });
    expect(await brokenLinks(pool, id)).toEqual([]);
  }
  const findings: unknown[] = [];
  await verify({
    mode: 'full',
    pool,
    client: temporal,
    organizationId: ORGANIZATION,
    workflowBundle: { codePath: fromEnvironment('TEST_WORKFLOW_BUNDLE') },
    onFinding: (finding) => findings.push(finding),
    onUnchecked: (id, reason) => findings.push(`${id}: ${reason}`),
  });
  expect(findings).toEqual([]);
}, 400_000);
