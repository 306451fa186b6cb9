import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { archiveIntents } from '../../src/archive/archive-intents';
import { eraseInFile } from '../../src/archive/erase-in-file';
import { insertOutcomes } from '../../src/database/insert-outcomes';
import { readOutcomes } from '../../src/database/read-outcomes';
import { readVotes } from '../../src/database/read-votes';
import { registerGraph } from '../../src/database/register-graph';
import type { Decision } from '../../src/intent';
import { verify } from '../../src/ops/verify';
import { applied, createdIntent, refusal, useDatabase, voted } from '../database/use-database';
import { claimGraph } from '../setup/claim-graph';

const pools = useDatabase('archived votes');
const { privateKey: signingKey, publicKey: verifyingKey } = generateKeyPairSync('ed25519');
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'archived-votes-'));
  await registerGraph(pools.owner, claimGraph());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Two votes that count, one that expired, and the row that says so. */
const DECISIONS: Decision[] = [
  applied(2, ['DRAFT', 'SUBMITTED']),
  voted(1, { actor: 'ada', reason: 'too early' }),
  voted(2, { kind: 'expired', expires: 1, votes: 0, requestId: 'engine:expiry:1' }),
  voted(3, { actor: 'bob', onBehalfOf: 'cleo', reason: 'checked', metadata: { desk: 7 }, votes: 1 }),
  applied(3, ['SUBMITTED', 'APPROVED'], {
    ...{ kind: 'approval', graphVersion: 1, requestId: 'voted-4' },
    vote: voted(4, { votes: 2 }).vote,
  }),
  applied(4, ['APPROVED', 'PAID']),
];

async function ended() {
  const intent = await createdIntent(pools.engine, { graphName: 'claim', keepsVersion: true });
  await insertOutcomes(pools.engine, intent, DECISIONS);
  return intent;
}

const archived = (files?: { folder: string; signingKey: typeof signingKey }) =>
  archiveIntents({ pool: pools.owner, before: new Date(Date.now() + 60_000), files });

async function findings(): Promise<string[]> {
  const found: string[] = [];
  await verify({
    mode: 'sql',
    pool: pools.engine,
    archive: { folder, verifyingKey },
    onFinding: ({ code, sequence, detail }) => found.push(`${code} ${sequence}: ${detail}`),
    onUnchecked: () => undefined,
  });
  return found;
}

const left = async (id: string) =>
  (
    await pools.superuser.query<{ live: number; archived: number }>(
      `SELECT (SELECT count(*)::integer FROM workflow_transition_votes WHERE workflow_id = $1) AS live,
              (SELECT count(*)::integer FROM workflow_transition_votes_archive WHERE workflow_id = $1) AS archived`,
      [id],
    )
  ).rows[0];

const ERASED = { actor: null, onBehalfOf: null, reason: null, metadata: null };

test('votes move to the archive tables with their intent, and are read as before', async () => {
  const intent = await ended();
  const before = await readVotes(pools.engine, intent.id);
  const keys = ['voted-3', 'voted-4'].map((requestId) => ({ intentId: intent.id, requestId }));
  const outcomes = await readOutcomes(pools.engine, keys);
  expect(outcomes).toMatchObject([
    { status: 'voted', to: 'APPROVED', votes: 1, needed: 2, state: 'SUBMITTED' },
    { status: 'applied', sequence: 3 },
  ]);
  expect(await archived()).toMatchObject({ intents: 1, auditRows: 4, votes: 4 });
  expect(await left(intent.id)).toEqual({ live: 0, archived: 4 });
  expect(await readVotes(pools.engine, intent.id)).toEqual(before);
  expect(await readOutcomes(pools.engine, keys)).toEqual(outcomes);
  // Recorded again, it changes nothing.
  await insertOutcomes(pools.engine, intent, DECISIONS);
  expect(await left(intent.id)).toEqual({ live: 0, archived: 4 });
  expect(await findings()).toEqual([]);
});

test('votes move to a signed file, verify reads them there, and what they say of people is erased there', async () => {
  const { id } = await ended();
  expect(await archived({ folder, signingKey })).toMatchObject({ intents: 1, votes: 4, files: 1 });
  expect(await left(id)).toEqual({ live: 0, archived: 0 });
  expect(await findings()).toEqual([]);
  const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.gz'));
  const rows = (name: string) => gunzipSync(readFileSync(join(folder, name))).toString();
  expect(rows(file)).toContain('cleo');
  await eraseInFile(pools.owner, { folder, signingKey }, file, [id], 'asked for');
  const [erased = ''] = readdirSync(folder).filter((name) => name.endsWith('.gz'));
  expect(rows(erased)).not.toMatch(/cleo|checked|desk|voter/);
  expect(await findings()).toEqual([]);
});

test('an erasure takes from votes what they say of people, and leaves the rest', async () => {
  const [live, stored] = [await ended(), await ended()];
  await pools.owner.query(
    `INSERT INTO intent_archives (workflow_id, organization_id, ended_at, transitions, rejections, votes)
     SELECT id, organization_id, ended_at, 0, 0, 0 FROM intent_workflows WHERE id = $1`,
    [live.id],
  );
  await archived();
  for (const { id } of [live, stored]) {
    const before = await readVotes(pools.engine, id);
    expect(before).toHaveLength(4);
    await pools.owner.query(`SELECT intent_erase($1, 'asked for')`, [id]);
    expect(await readVotes(pools.engine, id)).toEqual(before.map((row) => ({ ...row, ...ERASED })));
  }
  expect(await findings()).toEqual([]);
});

test('votes are append-only, for everybody', async () => {
  await ended();
  for (const table of ['workflow_transition_votes', 'workflow_transition_votes_archive']) {
    for (const statement of [
      `UPDATE ${table} SET actor = 'eve'`,
      `DELETE FROM ${table}`,
      `TRUNCATE ${table}`,
    ]) {
      expect([statement, await refusal(pools.owner.query(statement))]).toEqual([statement, 'IE004']);
    }
  }
});

test.each([
  ['number = 1', ['VOTE_GAP 2: 2 comes after 0']],
  [
    'number = 3',
    [
      'VOTES_MISSING 3: 1 of the 2 votes from SUBMITTED to APPROVED are stored',
      'VOTE_GAP 4: 4 comes after 2',
    ],
  ],
  ['true', ['VOTES_MISSING 3: 0 of the 2 votes from SUBMITTED to APPROVED are stored']],
])('verify finds that votes are gone: those where %s', async (where, expected) => {
  const { id } = await ended();
  const client = await pools.superuser.connect();
  try {
    await client.query('SET session_replication_role = replica');
    await client.query('BEGIN');
    await client.query(`DELETE FROM workflow_transition_votes WHERE workflow_id = $1 AND ${where}`, [id]);
    await client.query('COMMIT');
    expect((await findings()).sort()).toEqual(expected);
    await client.query(`DELETE FROM workflow_transition_votes WHERE workflow_id = $1`, [id]);
    await client.query(`DELETE FROM workflow_transition_audit WHERE workflow_id = $1`, [id]);
    await client.query(`DELETE FROM intent_workflows WHERE id = $1`, [id]);
  } finally {
    client.release(true);
  }
});
