import type { Pool } from 'pg';

import { textTable } from '../cli/text-table';

/** A statement as a person types it, with its result as psql shows it. */
export async function showSql(pool: Pool, sql: string): Promise<string[]> {
  const { fields, rows } = await pool.query<(string | null)[]>({
    text: sql,
    rowMode: 'array',
    types: AS_TEXT,
  });
  const table = textTable(
    fields.map(({ name }) => name),
    rows,
  );
  return [...sql.split('\n').map((line) => `  ${line}`), '', table, `(${rows.length} rows)`];
}

/** As Postgres writes every value, times included. */
const AS_TEXT = { getTypeParser: () => (value: string) => value };
