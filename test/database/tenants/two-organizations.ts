import { randomBytes, randomUUID } from 'node:crypto';

import type { Pool } from 'pg';

import { archiveIntents } from '../../../src/archive/archive-intents';
import { createPool } from '../../../src/database/pool';
import { urlAs } from '../../../src/dev/stack/provision-database';
import { insertConflict } from '../../../src/database/insert-conflict';
import { insertOutcomes } from '../../../src/database/insert-outcomes';
import { registerGraph } from '../../../src/database/register-graph';
import { claimGraph } from '../../setup/claim-graph';
import { query } from '../empty-database';
import {
  applied,
  createdIntent,
  rejected,
  TO_PENDING,
  TO_PROCESSING,
  useDatabase,
  voted,
  type Pools,
} from '../use-database';

/** Stands in every text of the other organization's rows: whatever shows it has leaked. */
export const SECRET = 'theirsecret';

/** Tables whose rows belong to an organization. */
export const BY_ORGANIZATION = [
  'intent_archives',
  'intent_erasures',
  'intent_workflows',
  'workflow_transition_audit',
  'workflow_transition_audit_archive',
  'workflow_transition_conflicts',
  'workflow_transition_rejections',
  'workflow_transition_rejections_archive',
  'workflow_transition_repairs',
  'workflow_transition_votes',
  'workflow_transition_votes_archive',
];

export interface TwoOrganizations extends Pools {
  /** A login of its own, member of intent_reader: nothing in its attempts rests on a superuser's session. */
  reader: Pool;
  /** The organization that the reader reads for. */
  mine: string;
  /** The one that it is curious about. */
  theirs: string;
  myIntent: string;
  theirIntent: string;
}

/** A database with rows of two organizations in every table; the other's have the {@link SECRET} in their texts. */
export function useTwoOrganizations(name: string): TwoOrganizations {
  const pools = useDatabase(name);
  const both = {
    mine: randomUUID(),
    theirs: randomUUID(),
    myIntent: randomUUID(),
    theirIntent: randomUUID(),
  } as TwoOrganizations;
  const login = useLogin('IN ROLE intent_reader');
  beforeAll(async () => {
    Object.assign(both, pools, { reader: login(pools.superuser) });
    await fill(pools.engine, both.mine, both.myIntent, 'mine');
    await fill(pools.engine, both.theirs, both.theirIntent, SECRET);
    await fillRecords(pools, both.mine, 'mine');
    await fillRecords(pools, both.theirs, SECRET);
  });
  return both;
}

/**
 * A login of the tests of a file, gone after them.
 *
 * @param attributes as CREATE ROLE takes them
 * @returns opens its pool on the database of another one
 */
export function useLogin(attributes: string): ((sameDatabase: Pool) => Pool) & { role: string } {
  const role = `test_login_${randomBytes(6).toString('hex')}`;
  const cluster = process.env['TEST_POSTGRES_SUPERUSER_URL'] ?? '';
  const opened: Pool[] = [];
  beforeAll(() => query(cluster, `CREATE ROLE ${role} LOGIN PASSWORD '${role}' ${attributes}`));
  afterAll(async () => {
    await Promise.all(opened.map((pool) => pool.end()));
    await query(cluster, `DROP ROLE ${role}`);
  });
  const open = (sameDatabase: Pool) => {
    const database = new URL(sameDatabase.options.connectionString ?? '').pathname.slice(1);
    const pool = createPool({ databaseUrl: urlAs(cluster, role, role, database), applicationName: role });
    opened.push(pool);
    return pool;
  };
  return Object.assign(open, { role });
}

/** An intent with rows in every table, and three more that were only created. */
export async function fill(engine: Pool, organizationId: string, id: string, text: string): Promise<void> {
  const words = { actor: text, reason: text };
  const intent = await createdIntent(engine, {
    organizationId,
    id,
    title: text,
    createdBy: text,
    metadata: { text },
  });
  await insertOutcomes(engine, intent, [
    applied(2, TO_PENDING, { ...words, requestId: `${text}-2`, metadata: { text } }),
    rejected(1, { ...words, requestId: `${text}-rejected`, message: text, requestedState: text }),
    applied(3, TO_PROCESSING, words),
  ]);
  const attempted = [applied(2, ['CREATED', 'CANCELLED'], words)];
  await insertConflict(engine, { intent, attempted, sqlState: 'IE001', message: text });
  for (let more = 0; more < 3; more += 1) await createdIntent(engine, { organizationId, title: text });
}

/** An intent of each that were archived, erased and repaired, and votes. */
export async function fillRecords(
  { engine, owner }: Pick<Pools, 'engine' | 'owner'>,
  organizationId: string,
  text: string,
): Promise<void> {
  const ended = async () => {
    const intent = await createdIntent(engine, { organizationId, title: text, createdBy: text });
    await insertOutcomes(engine, intent, [
      rejected(1, { actor: text, message: text }),
      applied(2, ['CREATED', 'CANCELLED'], { actor: text, reason: text, requestId: `${text}-end` }),
    ]);
    return intent;
  };
  await registerGraph(owner, claimGraph());
  const votedOn = async () => {
    const intent = await createdIntent(engine, { organizationId, title: text, graphName: 'claim' });
    const words = { actor: text, onBehalfOf: text, reason: text, metadata: { text } };
    await insertOutcomes(engine, intent, [
      applied(2, ['DRAFT', 'SUBMITTED'], { requestId: `${text}-submit` }),
      voted(1, { ...words, requestId: `${text}-vote` }),
    ]);
    return intent;
  };
  await insertOutcomes(engine, await votedOn(), [
    applied(3, ['SUBMITTED', 'REFUSED'], { requestId: `${text}-refuse` }),
  ]);
  await votedOn();
  await ended();
  await archiveIntents({ pool: owner, before: new Date(Date.now() + 60_000), organizationId });
  await owner.query('SELECT intent_erase($1, $2)', [(await ended()).id, text]);
  await owner.query(
    `INSERT INTO intent_archives
       (workflow_id, organization_id, ended_at, transitions, rejections, archived_by)
     SELECT id, organization_id, ended_at, sequence, 1, $2 FROM intent_workflows WHERE id = $1`,
    [(await ended()).id, text],
  );
  await owner.query(
    `INSERT INTO workflow_transition_repairs (workflow_id, organization_id, table_name, stored, reason)
     VALUES ($1, $2, 'workflow_transition_audit', to_jsonb($3::text), $3)`,
    [randomUUID(), organizationId, text],
  );
}

export interface Session {
  /** Default: that of the login. */
  role?: string;
  /** Default: names no organization. */
  settings?: Record<string, string>;
}

export interface Answer {
  /** Of the last statement that returned rows. */
  rows: Record<string, unknown>[];
  /** Everything that came back, rows, notices and the error, as one text to look for secrets in. */
  text: string;
  /** SQLSTATE, or `undefined` when nothing was refused. */
  refused: string | undefined;
}

/** What a session of a role gets for some SQL. Whatever the SQL does is rolled back. */
export async function ask(pool: Pool, sql: string, { role, settings = {} }: Session = {}): Promise<Answer> {
  const client = await pool.connect();
  const notices: string[] = [];
  const note = (notice: { message?: string | undefined }) => void notices.push(notice.message ?? '');
  client.on('notice', note);
  try {
    await client.query('BEGIN');
    for (const [setting, value] of Object.entries(settings)) {
      await client.query('SELECT set_config($1, $2, true)', [setting, value]);
    }
    if (role !== undefined) await client.query(`SET LOCAL ROLE ${role}`);
    const results = [await client.query<Record<string, unknown>>(sql)].flat();
    const rows = results.findLast((result) => result.fields?.length > 0)?.rows ?? [];
    return { rows, text: JSON.stringify([rows, notices]), refused: undefined };
  } catch (error) {
    const { code, message, detail, hint, where } = error as Record<string, string | undefined>;
    if (code === undefined) throw error;
    return { rows: [], text: JSON.stringify([message, detail, hint, where, notices]), refused: code };
  } finally {
    client.off('notice', note);
    await client.query('ROLLBACK');
    // Prepared or temporary things of one attempt are not for the next.
    client.release(true);
  }
}

/** A session that reads for one organization. */
export const readerOf = (organizationId: string): Session => ({
  settings: { 'intent.organization_id': organizationId },
});
