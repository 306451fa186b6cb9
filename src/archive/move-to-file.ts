import type { PoolClient } from 'pg';

import { recordArchived, removeArchived, type MovedRows } from './candidates';
import { recordFile, writeSignedFile, type SignedFiles } from './signed-files';

/**
 * Writes the rows of intents to a file with a signed manifest, and takes them out of the trail, in the caller's
 * transaction. The file and its manifest are on the disk before the transaction can commit; if it does not, the rows are
 * still in the trail and nobody refers to the file.
 */
export async function moveToFile(
  client: PoolClient,
  intents: readonly { id: string; endedAt: Date }[],
  files: SignedFiles,
): Promise<MovedRows & { file: string }> {
  const ids = intents.map(({ id }) => id);
  const count = { intents: ids.length, auditRows: 0, rejections: 0, votes: 0 };
  const file = await writeSignedFile(files, rowsOf(client, ids, count), count);
  await recordFile(client, file);
  await recordArchived(client, ids, file.name);
  const removed = await removeArchived(client, ids);
  const { auditRows, rejections, votes } = count;
  if (removed.auditRows !== auditRows || removed.rejections !== rejections || removed.votes !== votes) {
    throw new Error(
      `${file.name} has ${auditRows} audit rows, ${rejections} rejections and ${votes} votes, but ` +
        `${removed.auditRows}, ${removed.rejections} and ${removed.votes} were taken away: nothing was archived.`,
    );
  }
  return { ...removed, file: file.name };
}

/** Intent by intent, so that no more than one of them is in memory. */
async function* rowsOf(client: PoolClient, ids: readonly string[], count: MovedRows): AsyncGenerator<string> {
  for (const id of ids) {
    const { rows: audit } = await client.query<{ row: string }>({
      name: 'archive_audit',
      text: `SELECT to_jsonb(a)::text AS row FROM workflow_transition_audit a
              WHERE workflow_id = $1 ORDER BY sequence`,
      values: [id],
    });
    const { rows: rejections } = await client.query<{ row: string }>({
      name: 'archive_rejections',
      text: `SELECT to_jsonb(r)::text AS row FROM workflow_transition_rejections r
              WHERE workflow_id = $1 ORDER BY number`,
      values: [id],
    });
    const { rows: votes } = await client.query<{ row: string }>({
      name: 'archive_votes',
      text: `SELECT to_jsonb(v)::text AS row FROM workflow_transition_votes v
              WHERE workflow_id = $1 ORDER BY number`,
      values: [id],
    });
    count.auditRows += audit.length;
    count.rejections += rejections.length;
    count.votes += votes.length;
    for (const { row } of [...audit, ...rejections, ...votes]) yield row;
  }
}
