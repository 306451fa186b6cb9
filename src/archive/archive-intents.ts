import type { Pool, PoolClient } from 'pg';

import { inTransaction } from '../database/in-transaction';
import { sqlStateOf } from '../database/sql-states';
import { countCandidates, takeCandidates, type ArchiveSelection } from './candidates';
import { ARCHIVE_LIMITS } from './limits';
import { moveToFile } from './move-to-file';
import { addPartitions, moveToTables } from './move-to-tables';
import type { SignedFiles } from './signed-files';

export interface ArchiveOptions extends ArchiveSelection {
  /** Of the owner's role: nobody else may take rows out of the trail. */
  pool: Pool;
  /** Files with signed manifests in this folder; otherwise the archive tables. */
  files?: SignedFiles | undefined;
  /** Intents that one transaction moves. Default: see {@link ARCHIVE_LIMITS}. */
  batchSize?: number | undefined;
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined;
  /** Told each batch once it is done for good. */
  onBatch?: ((batch: ArchivedBatch) => void) | undefined;
  /** Stops after the batch that is being moved. */
  signal?: AbortSignal | undefined;
}

interface ArchivedBatch {
  intents: number;
  auditRows: number;
  rejections: number;
  votes: number;
  file?: string;
}

export interface ArchiveSummary {
  intents: number;
  auditRows: number;
  rejections: number;
  votes: number;
  files: number;
  /** Whether all were moved that there were. */
  complete: boolean;
}

/** No partition takes the row: its month has none yet. */
const NO_PARTITION = '23514';

/**
 * Moves the audit rows, rejections and votes of intents that have ended to the archive, a batch in a transaction: whenever it
 * is stopped or killed, each row is in one place. Several may run at once.
 *
 * @throws Error of Postgres, or of the file system; the batch that was being moved is still in the trail
 */
export async function archiveIntents(options: ArchiveOptions): Promise<ArchiveSummary> {
  const { pool, files, signal, onProgress, onBatch } = options;
  const batchSize =
    options.batchSize ??
    (files === undefined ? ARCHIVE_LIMITS.tableBatchIntents : ARCHIVE_LIMITS.fileBatchIntents);
  const summary: ArchiveSummary = {
    intents: 0,
    auditRows: 0,
    rejections: 0,
    votes: 0,
    files: 0,
    complete: false,
  };
  const total = await countCandidates(pool, options);
  onProgress?.({ done: 0, total });
  let from: Date | undefined;
  while (!signal?.aborted) {
    const moved = await moveBatch(options, batchSize, from);
    if (moved === undefined) {
      if (from === undefined) return { ...summary, complete: true };
      // Another run may have given some of the earlier ones back.
      from = undefined;
      continue;
    }
    const { batch, last } = moved;
    from = last;
    summary.intents += batch.intents;
    summary.auditRows += batch.auditRows;
    summary.rejections += batch.rejections;
    summary.votes += batch.votes;
    summary.files += batch.file === undefined ? 0 : 1;
    onBatch?.(batch);
    onProgress?.({ done: summary.intents, total: Math.max(total, summary.intents) });
  }
  return summary;
}

async function moveBatch(
  options: ArchiveOptions,
  size: number,
  from: Date | undefined,
): Promise<{ batch: ArchivedBatch; last: Date | undefined } | undefined> {
  const { pool, files } = options;
  let ended: Date[] = [];
  const move = async (client: PoolClient) => {
    const intents = await takeCandidates(client, options, size, from);
    if (intents.length === 0) return undefined;
    ended = intents.map(({ endedAt }) => endedAt);
    const moved =
      files === undefined ? await moveToTables(client, intents) : await moveToFile(client, intents, files);
    return { batch: { intents: intents.length, ...moved }, last: ended.at(-1) };
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(pool, move);
    } catch (error) {
      // Each attempt may take intents of other months, where other runs hold some of them.
      if (sqlStateOf(error) !== NO_PARTITION || attempt === ARCHIVE_LIMITS.partitionAttempts) throw error;
    }
    // In a transaction of its own, so that its locks are gone in a moment.
    await inTransaction(pool, (client) => addPartitions(client, ended));
  }
}
