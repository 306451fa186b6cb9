import { randomUUID } from 'node:crypto';

import { insertConflict } from '../../src/database/insert-conflict';
import { insertOutcomes } from '../../src/database/insert-outcomes';
import { applied, createdIntent, refusal, rejected, TO_PENDING, useDatabase } from './use-database';

const pools = useDatabase('row level security');

const BY_ORGANIZATION = [
  'intent_workflows',
  'workflow_transition_audit',
  'workflow_transition_rejections',
  'workflow_transition_conflicts',
];
const SHARED = ['workflow_graphs', 'workflow_graph_states', 'workflow_graph_edges'];

const [mine, theirs] = [randomUUID(), randomUUID()];

beforeAll(async () => {
  for (const organizationId of [mine, theirs]) {
    const intent = await createdIntent(pools.engine, { organizationId });
    await insertOutcomes(pools.engine, intent, [applied(2, TO_PENDING), rejected(1)]);
    const attempted = [applied(2, ['CREATED', 'CANCELLED'])];
    await insertConflict(pools.engine, { intent, attempted, sqlState: 'IE001', message: '' });
  }
});

/** Which organizations a role sees in each table, in a session with these settings. */
async function visible(role: string, settings: Record<string, string>): Promise<Record<string, string[]>> {
  const client = await pools.superuser.connect();
  try {
    await client.query('BEGIN');
    await client.query(`SET LOCAL ROLE ${role}`);
    for (const [name, value] of Object.entries(settings)) {
      await client.query('SELECT set_config($1, $2, true)', [name, value]);
    }
    const seen: Record<string, string[]> = {};
    for (const table of BY_ORGANIZATION) {
      const { rows } = await client.query<{ organization_id: string }>(
        `SELECT DISTINCT organization_id FROM ${table} ORDER BY 1`,
      );
      seen[table] = rows.map((row) => row.organization_id);
    }
    return seen;
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

const inEveryTable = (organizations: string[]) =>
  Object.fromEntries(BY_ORGANIZATION.map((table) => [table, organizations]));

test('the reader sees the organization that its session names, in every table', async () => {
  await expect(visible('intent_reader', { 'intent.organization_id': mine })).resolves.toEqual(
    inEveryTable([mine]),
  );
});

test("the reader sees the organization of its token's claim", async () => {
  const claims = JSON.stringify({ sub: 'ada', organization_id: theirs });
  await expect(visible('intent_reader', { 'request.jwt.claims': claims })).resolves.toEqual(
    inEveryTable([theirs]),
  );
});

test.each([
  ['no setting', {}],
  ['an empty setting', { 'intent.organization_id': '' }],
  ['empty claims', { 'request.jwt.claims': '' }],
  ['claims without an organization', { 'request.jwt.claims': '{"role":"anon"}' }],
  ['an organization that is not there', { 'intent.organization_id': randomUUID() }],
])('with %s the reader sees nothing', async (_name, settings) => {
  await expect(visible('intent_reader', settings)).resolves.toEqual(inEveryTable([]));
});

test('a setting that is no UUID is an error and not a view of everything', async () => {
  await expect(refusal(visible('intent_reader', { 'intent.organization_id': 'all' }))).resolves.toBe('22P02');
  await expect(refusal(visible('intent_reader', { 'request.jwt.claims': 'nonsense' }))).resolves.toBe(
    '22P02',
  );
});

test('the engine serves every organization', async () => {
  await expect(visible('intent_engine', {})).resolves.toEqual(inEveryTable([mine, theirs].toSorted()));
});

test('graphs are shared', async () => {
  const client = await pools.superuser.connect();
  try {
    await client.query('BEGIN; SET LOCAL ROLE intent_reader');
    for (const table of SHARED) {
      const { rows } = await client.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`);
      expect(rows[0]?.count).toBeGreaterThan(0);
    }
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
});

test('every table has row level security', async () => {
  const { rows } = await pools.superuser.query<{ relname: string }>(
    `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relrowsecurity`,
  );
  expect(rows).toEqual([]);
});
