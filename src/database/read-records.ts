import type { Queryable } from './queryable';

/** What was done with the rows of an intent after it ended. */
export interface IntentRecords {
  /** What they said about people was erased. */
  erased: boolean;
  /** Its rows are in the archive: in tables, or in the file of this name. */
  archived: { file: string | null } | null;
}

/** The records of intents, by id; none for an intent whose rows are as they were written. */
export async function readRecords(
  database: Queryable,
  ids: readonly string[],
): Promise<Map<string, IntentRecords>> {
  const { rows } = await database.query<{
    id: string;
    erased: boolean;
    archived: boolean;
    file: string | null;
  }>({
    name: 'read_records',
    text: `SELECT coalesce(e.workflow_id, x.workflow_id) AS id, e.workflow_id IS NOT NULL AS erased,
                  x.workflow_id IS NOT NULL AS archived, x.file
             FROM (SELECT * FROM intent_erasures WHERE workflow_id = ANY ($1::uuid[])) e
             FULL JOIN (SELECT * FROM intent_archives WHERE workflow_id = ANY ($1::uuid[])) x
               ON x.workflow_id = e.workflow_id`,
    values: [ids],
  });
  return new Map(
    rows.map(({ id, erased, archived, file }) => [id, { erased, archived: archived ? { file } : null }]),
  );
}
