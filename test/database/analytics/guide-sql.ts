import { readFileSync } from 'node:fs';

/** The statement of docs/guides/analytics.md that gives this column. */
export function guideSql(column: string): string {
  const page = readFileSync('docs/guides/analytics.md', 'utf8');
  const statements = [...page.matchAll(/^```sql\n(.*?)^```$/gms)].map(([, text = '']) => text);
  const found = statements.find((text) => text.includes(` AS ${column}`));
  if (found === undefined) throw new Error(`The guide has no SQL with the column ${column}.`);
  return found;
}
