import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Pool } from 'pg';

import { organizationSession } from '../../database/organization-session';
import { checkProtection, SECURED } from '../../ops/check-protection';
import { judged } from '../check';
import type { PreflightCheck } from './preflight';

const SCHEMA = join(__dirname, '..', '..', '..', 'migrations', 'schema.sql');

/** Tables of which a reader sees the rows of its organization alone. */
const OF_ORGANIZATIONS = [
  'intent_workflows',
  'workflow_transition_audit',
  'workflow_transition_rejections',
  'workflow_transition_votes',
];

/** Row level security is on, the policies are those of the migrations and no others, and a stranger sees nothing. */
export const rowLevelSecurity: PreflightCheck = {
  name: 'row-level-security',
  title: 'RLS policies in place',
  step: 'before 10',
  async run({ servers }) {
    const pool = servers.anyPool();
    const [findings, present, expected, seen] = await Promise.all([
      checkProtection(pool),
      policiesOf(pool),
      expectedPolicies(),
      servers.has('gateway') ? seenByStranger(servers.pool('gateway')) : undefined,
    ]);
    return judged(
      [
        ...findings
          .filter(({ detail }) => detail.startsWith('row level security'))
          .map(({ detail }) => detail),
        ...expected
          .filter((policy) => !present.includes(policy))
          .map((policy) => `missing, or another one: ${policy}`),
        ...present
          .filter((policy) => !expected.includes(policy))
          .map((policy) => `not of the migrations: ${policy}`),
        ...(seen ?? []).map((table) => `a reader of another organization sees rows of ${table}`),
      ],
      [
        `row level security is on for ${SECURED.length} tables, with the ${expected.length} policies of the migrations`,
        ...(seen === undefined ? [] : ['a reader of an organization that there is not sees no row']),
      ],
      'Put back what the migrations made, as migrations/schema.sql has it, or restore the database; and find out who changed it.',
      seen === undefined ? ['without GATEWAY_DATABASE_URL nothing was read as a stranger'] : [],
    );
  },
};

/** As `migrations/schema.sql` writes them. */
async function policiesOf(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ text: string }>(
    `SELECT concat_ws(' ', format('CREATE POLICY %I ON %I AS %s FOR %s TO %s', p.policyname, p.tablename, p.permissive,
                      p.cmd, array_to_string(p.roles, ', ')),
                      'USING (' || p.qual || ')', 'WITH CHECK (' || p.with_check || ')') AS text
       FROM pg_policies p WHERE p.schemaname = 'public' AND p.tablename = ANY ($1) ORDER BY 1`,
    [SECURED],
  );
  return rows.map(({ text }) => text);
}

async function expectedPolicies(): Promise<string[]> {
  const schema = await readFile(SCHEMA, 'utf8');
  const all = [...schema.matchAll(/^(CREATE POLICY \S+ ON (\S+) [\s\S]*?);$/gm)];
  return all.flatMap(([, text = '', table = '']) => (SECURED.includes(table) ? [text] : []));
}

async function seenByStranger(gateway: Pool): Promise<string[]> {
  const stranger = organizationSession(gateway, randomUUID());
  const seen: string[] = [];
  for (const table of OF_ORGANIZATIONS) {
    const { rows } = await stranger.query<{ any: boolean }>(
      `SELECT EXISTS (SELECT id FROM ${idsOf(table)}) AS any`,
    );
    if (rows[0]?.any === true) seen.push(table);
  }
  return seen;
}

function idsOf(table: string): string {
  return table === 'intent_workflows' ? table : `(SELECT workflow_id AS id FROM ${table}) rows`;
}
