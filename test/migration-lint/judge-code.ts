import { parsePlPgSQLSync, parseSync } from 'libpg-query';

import type { Additions } from './additions';
import { judgeStatement } from './judge-statement';
import type { Objection } from './problem';

/** What the statements in the PL/pgSQL of a DO do, each judged as if it stood in the file. Needs `loadParser`. */
export function judgeCode(source: string, before: Additions, after: Additions): Objection[] {
  let code: unknown;
  try {
    code = parsePlPgSQLSync(source);
  } catch (error) {
    const what = `has code that is no PL/pgSQL: ${error instanceof Error ? error.message : String(error)}`;
    return [{ what, fix: 'Write the statements into the file itself.' }];
  }
  const { texts, dynamic } = sqlIn(code);
  const objections = texts
    .flatMap((text) => parseSync(text).stmts ?? [])
    .flatMap(({ stmt }) => (stmt === undefined ? [] : judgeStatement(stmt, before, after)));
  return dynamic
    ? [...objections, { what: 'runs SQL that is made at run time, which no lint can read', fix: PLAIN }]
    : objections;
}

const PLAIN =
  'Write the statements into the file itself; or, if they take nothing from the release before, say why in its head: -- contract: REASON; unused since RELEASE';

/** The SQL statements in parsed code, and whether it makes others by itself. */
function sqlIn(code: unknown): { texts: string[]; dynamic: boolean } {
  const texts: string[] = [];
  let dynamic = false;
  const walk = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key.startsWith('PLpgSQL_stmt_dyn')) dynamic = true;
      if (key === 'PLpgSQL_stmt_execsql') texts.push(queryOf(inner));
      else walk(inner);
    }
  };
  walk(code);
  return { texts, dynamic };
}

function queryOf(statement: unknown): string {
  const { sqlstmt } = statement as { sqlstmt: { PLpgSQL_expr: { query: string } } };
  return sqlstmt.PLpgSQL_expr.query;
}
