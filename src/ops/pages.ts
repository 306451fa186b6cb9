import type { Pool } from 'pg';

export interface Page {
  ids: string[];
  stretch: { after: string; upTo: string };
}

/** Before every id. */
export const FIRST = '00000000-0000-0000-0000-000000000000';
/** After every id, or equal to it. */
export const LAST = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Intents by their ids, a page at a time: those named, or all, or those of one organization. */
export async function* pagesOf(
  pool: Pool,
  options: {
    ids: readonly string[] | undefined;
    after: string;
    organizationId: string | undefined;
    pageSize: number;
  },
): AsyncGenerator<Page> {
  const { ids, organizationId, pageSize } = options;
  if (ids !== undefined) {
    for (const id of ids.toSorted()) {
      if (id > options.after) yield { ids: [id], stretch: { after: before(id), upTo: id } };
    }
    return;
  }
  let { after } = options;
  while (after !== LAST) {
    const { rows } = await pool.query<{ id: string }>({
      name: 'verify_page',
      text: `SELECT id FROM intent_workflows
              WHERE id > $1 AND ($2::uuid IS NULL OR organization_id = $2) ORDER BY id LIMIT $3`,
      values: [after, organizationId ?? null, pageSize],
    });
    // Behind the last intent there may still be rows of intents that have gone.
    const upTo = rows.length < pageSize ? LAST : (rows.at(-1)?.id ?? LAST);
    yield { ids: rows.map(({ id }) => id), stretch: { after, upTo } };
    after = upTo;
  }
}

/** The id before an id, in their order. */
export function before(id: string): string {
  const number = BigInt(`0x${id.replaceAll('-', '')}`) - 1n;
  const digits = (number < 0n ? 0n : number).toString(16).padStart(32, '0');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** How many there are behind an id. */
export async function countIntents(
  pool: Pool,
  after: string,
  organizationId: string | undefined,
): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*)::integer AS count FROM intent_workflows
      WHERE id > $1 AND ($2::uuid IS NULL OR organization_id = $2)`,
    [after, organizationId ?? null],
  );
  return rows[0]?.count ?? 0;
}
