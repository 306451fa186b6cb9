import type { Pool } from 'pg';

import type { FindingCode } from '../../src/ops/findings';
import { capturedRun, type CapturedRun } from '../cli/captured-run';
import { eventually } from '../setup/eventually';
import { outcomeRows } from '../setup/audit-checks';
import { ORGANIZATION } from '../setup/intent-environment';
import { startDrillServers, type DrillServers } from './drill-servers';
import { keepRequesting } from './keep-requesting';

let servers: DrillServers;
beforeAll(async () => {
  servers = await startDrillServers();
}, 120_000);
afterAll(() => servers.close());

/** As an operator runs it. */
function intent(...args: string[]): Promise<CapturedRun> {
  return capturedRun(args, servers.env);
}

async function codesFound(): Promise<FindingCode[]> {
  const { stdout } = await intent('verify', '--json');
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; code: FindingCode });
  return [...new Set(lines.filter(({ type }) => type === 'finding').map(({ code }) => code))].sort();
}

/** An intent that was taken along these states. */
async function walked(...states: string[]): Promise<string> {
  const { intents } = servers;
  const { id } = await intents.create({ organizationId: ORGANIZATION, title: 'drill', metadata: { a: 1 } });
  for (const to of states) await intents.transition(id, { to, actor: 'ada' }, { timeoutMs: 30_000 });
  await intents.waitForState(id, states.at(-1) ?? 'CREATED', { timeoutMs: 30_000 });
  return id;
}

async function rejected(id: string): Promise<void> {
  const outcome = await servers.intents.transition(id, { to: 'COMPLETED' }, { timeoutMs: 30_000 });
  expect(outcome.status).toBe('rejected');
}

interface Contents {
  intents: Map<string, unknown>;
  /** Audit rows and rejections. */
  outcomes: Map<string, unknown>;
}

/** All that Postgres holds, row by row, but for the times at which rows were inserted. */
async function contents(pool: Pool): Promise<Contents> {
  const read = async (sql: string) =>
    new Map((await pool.query<{ key: string; row: unknown }>(sql)).rows.map(({ key, row }) => [key, row]));
  return {
    intents: await read(
      `SELECT id::text AS key, to_jsonb(i) - '{created_at,updated_at}'::text[] AS row FROM intent_workflows i`,
    ),
    outcomes: await read(
      `SELECT 'applied ' || workflow_id || sequence AS key, to_jsonb(a) - 'created_at' AS row
         FROM workflow_transition_audit a
       UNION ALL
       SELECT 'rejected ' || workflow_id || number, to_jsonb(r) - 'created_at'
         FROM workflow_transition_rejections r`,
    ),
  };
}

async function rowsRecorded(): Promise<number> {
  return (await contents(servers.pool)).outcomes.size;
}

test('a backup of Postgres, restored while requests keep coming, is filled up from Temporal row by row', async () => {
  const { intents, pool } = servers;
  await servers.startWorker();
  const busy = await Promise.all([1, 2, 3].map(() => walked('ICP_PENDING', 'ICP_PROCESSING')));
  const resting = await walked('ICP_PENDING');
  await rejected(resting);
  const endsLater = await walked('ICP_PENDING');
  const onlyRejections = await walked();
  const requesting = keepRequesting(intents, busy);

  // The backup is good although rows are recorded while it is made.
  await servers.backUpPostgres(async () => {
    const atFirst = await rowsRecorded();
    await eventually(async () => expect(await rowsRecorded()).toBeGreaterThan(atFirst + 5));
  });
  const created = [await walked('ICP_PENDING'), await walked('ICP_PENDING', 'CANCELLED')];
  await intents.transition(endsLater, { to: 'CANCELLED' }, { timeoutMs: 30_000 });
  await rejected(onlyRejections);

  await servers.restorePostgres();
  const lost = await servers.readLost(contents);
  const [missing] = created;
  await eventually(async () => {
    const held = await contents(pool);
    expect([...lost.outcomes.keys()].filter((key) => !held.outcomes.has(key)).length).toBeGreaterThan(10);
    expect(held.intents.has(missing as string)).toBe(false);
  });

  // Whoever asks for a move now is heard, and his outcome waits for the rows that must come before it.
  const { requestId } = await intents.requestTransition(missing as string, { to: 'ICP_PROCESSING' });
  await rejected(onlyRejections);
  for (const id of [...busy, missing as string]) {
    await eventually(async () => expect((await intents.describe(id)).mirrorLag).toBeGreaterThan(0));
  }
  expect(await intents.outcome(missing as string, requestId)).toBeUndefined();

  expect(await intent('verify')).toMatchObject({ exitCode: 1 });
  // A rejection needs no row before it, so the one after the lost one is there already.
  expect(await codesFound()).toEqual(['REJECTION_GAP', 'TEMPORAL_AHEAD']);

  const held = (await contents(pool)).outcomes.size;
  const dry = await intent('reconcile');
  expect(dry).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('--apply does it') as string });
  expect(dry.stdout).toContain(`would restore intent ${missing} altogether: 2 audit rows, 0 rejections`);
  expect((await contents(pool)).outcomes.size).toBe(held);

  const applied = await intent('reconcile', '--apply');
  expect(applied).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('restored') as string });

  // What waited goes on by itself.
  expect(
    await intents.waitForState(missing as string, 'ICP_PROCESSING', { timeoutMs: 30_000 }),
  ).toBeDefined();
  await requesting.stop();
  for (const id of busy) {
    await eventually(async () => expect((await intents.describe(id)).mirrorLag).toBe(0));
  }
  await eventually(async () =>
    expect(await intent('verify')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Clean.') as string,
    }),
  );

  const now = await contents(pool);
  const ofLost = [...lost.outcomes.keys()].map((key) => [key, now.outcomes.get(key)] as const);
  expect(new Map(ofLost)).toEqual(lost.outcomes);
  expect([...now.intents.keys()].sort()).toEqual([...lost.intents.keys()].sort());
  for (const id of [resting, endsLater, onlyRejections, created[1] as string]) {
    expect(now.intents.get(id)).toEqual(lost.intents.get(id));
  }
  // Each request has one outcome, also those that came while Postgres was away or lacked rows.
  const rows = await outcomeRows(pool, busy);
  for (const id of [...requesting.sent.values()].flat()) expect(rows.get(id)).toBe(1);
  expect(new Set(rows.values())).toEqual(new Set([1]));
  await servers.stopWorker();
}, 240_000);

test('a backup of Temporal, restored, leaves Postgres ahead: named, and nothing is taken away', async () => {
  const { intents, pool } = servers;
  await servers.startWorker();
  const repeated = await walked('ICP_PENDING');
  const contradicted = await walked('ICP_PENDING');
  await servers.backUpTemporal();
  const request = { to: 'ICP_PROCESSING', requestId: 'once more', actor: 'ada' };
  for (const id of [repeated, contradicted]) {
    await intents.transition(id, request, { timeoutMs: 30_000 });
    await eventually(async () => expect(await intents.describe(id)).toMatchObject({ mirrorLag: 0 }));
  }
  // A worker remembers runs, and what it remembers is no more.
  await servers.stopWorker();
  await servers.restoreTemporal();

  const before = await contents(pool);
  const verified = await intent('verify', repeated, contradicted);
  expect(verified.exitCode).toBe(1);
  for (const id of [repeated, contradicted]) {
    expect(verified.stdout).toContain(`POSTGRES_AHEAD intent ${id}, sequence 3`);
  }
  expect(await intent('reconcile', '--apply', repeated, contradicted)).toMatchObject({ exitCode: 1 });
  expect(await contents(pool)).toEqual(before);

  await servers.startWorker();
  // A request that is sent again by its id is what Postgres has, and Temporal catches up.
  await intents.requestTransition(repeated, request);
  await eventually(async () =>
    expect(await intents.describe(repeated)).toMatchObject({ recordedSequence: 3 }),
  );
  expect(await intent('verify', repeated)).toMatchObject({ exitCode: 0 });
  // Another one contradicts Postgres, which keeps both versions.
  await intents.requestTransition(contradicted, { to: 'CANCELLED' });
  await eventually(async () =>
    expect(await intents.describe(contradicted)).toMatchObject({ quarantined: expect.any(String) as string }),
  );
  expect(await contents(pool)).toEqual(before);
}, 240_000);
