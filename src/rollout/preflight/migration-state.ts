import { pendingMigrations } from '../../database/pending-migrations';
import { migrationFiles } from '../../database/migration-files';
import { judged } from '../check';
import type { PreflightCheck } from './preflight';

interface Schema {
  type: string | null;
  kind: string | null;
  audit: boolean;
  index: string | null;
  valid: boolean | null;
}

/** The schema is the one of this version: all migrations, the column of states, the audit table and the index. */
export const migrationState: PreflightCheck = {
  name: 'migration-state',
  title: 'Migration state',
  step: 'before 13',
  async run({ servers }) {
    const pool = servers.anyPool();
    const needed = (await migrationFiles()).map(({ name }) => name);
    const pending = await pendingMigrations(pool);
    const { rows } = await pool.query<Schema>(
      `SELECT format_type(a.atttypid, a.atttypmod) AS type, t.typtype AS kind,
              to_regclass('public.workflow_transition_audit') IS NOT NULL AS audit,
              pg_get_indexdef(i.indexrelid) AS index, i.indisvalid AND i.indisready AS valid
         FROM (SELECT to_regclass('public.intent_workflows') AS id) c
         LEFT JOIN pg_attribute a ON a.attrelid = c.id AND a.attname = 'state' AND NOT a.attisdropped
         LEFT JOIN pg_type t ON t.oid = a.atttypid
         LEFT JOIN pg_index i ON i.indrelid = c.id AND i.indexrelid = to_regclass('public.idx_intent_workflows_state')`,
    );
    const schema = rows[0] as Schema;
    const applied =
      pending.length === needed.length
        ? []
        : (await pool.query<{ name: string }>('SELECT name FROM pgmigrations ORDER BY id')).rows.map(
            ({ name }) => name,
          );
    const newer = applied.filter((name) => !needed.includes(name));
    return judged(
      [
        ...(pending.length === 0 ? [] : [`${pending.length} migrations are missing: ${pending.join(', ')}`]),
        ...(newer.length === 0 ? [] : [`the database is newer than this program: ${newer.join(', ')}`]),
        ...(schema.kind === 'e' && schema.type === 'workflow_state'
          ? []
          : [`intent_workflows.state is ${schema.type ?? 'missing'}, and should be the enum workflow_state`]),
        ...(schema.audit ? [] : ['the table workflow_transition_audit is missing']),
        ...(schema.index === null ? ['the index idx_intent_workflows_state is missing'] : []),
        ...(schema.valid === false ? ['the index idx_intent_workflows_state is not valid'] : []),
      ],
      [
        `${needed.length} migrations, none missing`,
        'intent_workflows.state is the enum workflow_state',
        'workflow_transition_audit is there',
        'idx_intent_workflows_state is there and valid',
      ],
      'As the owner: intent migrate. Objects that somebody dropped: migrations/schema.sql has their statements.',
    );
  },
};
