import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { Pool } from 'pg';

import { inTransaction } from '../database/in-transaction';
import { readArchiveFile } from './archive-file';
import type { MovedRows } from './candidates';
import { manifestName, signatureName } from './manifest';
import { recordFile, writeSignedFile, type SignedFiles } from './signed-files';

/** What an erasure leaves in a row of a file: the same as the rules leave in a table. */
const ERASED = {
  audit: { transition_reason: null, actor: null, metadata: null },
  rejections: { message: 'erased', requested_state: null, transition_reason: null, actor: null },
  votes: { actor: null, on_behalf_of: null, reason: null, metadata: null },
} as const;

/**
 * Erases what intents of one file say about people: the file is written anew, signed, and takes the place of the old one
 * in one transaction, together with the erasure in the tables. Then the old file is deleted.
 *
 * @param pool of the owner's role
 */
export async function eraseInFile(
  pool: Pool,
  files: SignedFiles,
  file: string,
  ids: readonly string[],
  reason: string,
): Promise<void> {
  const erased = new Set(ids);
  await inTransaction(pool, async (client) => {
    // Two purges at once take turns, and the second finds another file.
    const { rows } = await client.query<{ id: string }>(
      'SELECT workflow_id AS id FROM intent_archives WHERE file = $1 FOR UPDATE',
      [file],
    );
    if (rows.length === 0) throw new Error(`${file} was written anew in the meantime; run it again`);
    const count = { intents: 0, auditRows: 0, rejections: 0, votes: 0 };
    const written = await writeSignedFile(files, erasedLines(files.folder, file, erased, count), count);
    if (count.intents !== rows.length) {
      throw new Error(
        `${file} has ${count.intents} intents, ${rows.length} are recorded: nothing was erased`,
      );
    }
    await recordFile(client, written);
    await client.query('UPDATE intent_archives SET file = $2 WHERE file = $1', [file, written.name]);
    for (const id of ids) await client.query('SELECT intent_erase($1, $2)', [id, reason]);
  });
  await removeReplacedFiles(pool, files.folder);
}

/** Deletes files that were written anew: also those that a purge left behind when it was killed. */
export async function removeReplacedFiles(pool: Pool, folder: string): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT name FROM intent_archive_files f
      WHERE NOT EXISTS (SELECT FROM intent_archives x WHERE x.file = f.name)`,
  );
  for (const { name } of rows) {
    for (const path of [name, manifestName(name), signatureName(name)]) {
      await rm(join(folder, path), { force: true });
    }
  }
}

async function* erasedLines(
  folder: string,
  file: string,
  erased: ReadonlySet<string>,
  count: MovedRows & { intents: number },
): AsyncGenerator<string> {
  for await (const { id, audit, rejections, votes } of readArchiveFile(folder, file)) {
    count.intents += 1;
    count.auditRows += audit.length;
    count.rejections += rejections.length;
    count.votes += votes.length;
    const gone = erased.has(id);
    for (const line of audit) yield gone ? without(line, ERASED.audit) : line;
    for (const line of rejections) yield gone ? without(line, ERASED.rejections) : line;
    for (const line of votes) yield gone ? without(line, ERASED.votes) : line;
  }
}

function without(line: string, erased: object): string {
  return JSON.stringify({ ...(JSON.parse(line) as object), ...erased });
}
