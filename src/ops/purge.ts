import { setTimeout as sleep } from 'node:timers/promises';

import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Pool } from 'pg';

import { eraseInFile, removeReplacedFiles } from '../archive/erase-in-file';
import type { SignedFiles } from '../archive/signed-files';
import { readIntents, type IntentRow } from '../database/read-intents';
import { readRecords } from '../database/read-records';
import { hasGrpcStatus } from '../temporal/grpc-status';
import { OPS_LIMITS } from './limits';
import { countIntents, FIRST, pagesOf } from './pages';

export interface PurgeOptions {
  /** Of the owner's role: nobody else may erase. */
  pool: Pool;
  client: Client;
  /** Erases; otherwise only says what would be erased. */
  apply: boolean;
  /** Kept with the record of the erasure. Name no person in it. */
  reason: string;
  /** These intents only; or those of an organization. */
  ids?: readonly string[] | undefined;
  organizationId?: string | undefined;
  /** Archive files, to erase in them as well; otherwise intents in files are left. */
  files?: SignedFiles | undefined;
  /** Told each intent that was erased, or would be. */
  onPurged: (intentId: string) => void;
  /** An intent that can't be erased, and why. */
  onLeft: (intentId: string, reason: string) => void;
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined;
  /** Stops after the intent that is being erased. */
  signal?: AbortSignal | undefined;
}

export interface PurgeSummary {
  intents: number;
  purged: number;
  /** Those that can't be erased yet. */
  left: number;
  applied: boolean;
  complete: boolean;
}

/**
 * Erases what finished intents say about people: in Postgres the title, metadata, actors, reasons, messages and evidence;
 * in Temporal the whole history. States, times, request ids and hashes stay, and `verify` checks the chain as before.
 *
 * Safe to stop and to repeat. Postgres comes first: a history without its intent could not be found again.
 */
export async function purge(options: PurgeOptions): Promise<PurgeSummary> {
  const { pool, client, apply, ids, organizationId, files, signal, onPurged, onLeft, onProgress } = options;
  const erased: string[] = [];
  const filed = new Map<string, string[]>();
  const summary: PurgeSummary = { intents: 0, purged: 0, left: 0, applied: apply, complete: false };
  const total = ids?.length ?? (await countIntents(pool, FIRST, organizationId));
  onProgress?.({ done: 0, total });
  for await (const page of pagesOf(pool, {
    ids,
    after: FIRST,
    organizationId,
    pageSize: OPS_LIMITS.pageIntents,
  })) {
    const intents = await readIntents(pool, page.ids);
    const records = await readRecords(pool, page.ids);
    for (const [index, id] of page.ids.entries()) {
      if (signal?.aborted) return summary;
      const reason = await purgeOne(id, intents[index], records.get(id)?.archived?.file ?? null);
      if (reason !== undefined) leave(id, reason);
      else if (apply) erased.push(id);
      else done(id);
      summary.intents += 1;
      onProgress?.({ done: summary.intents, total });
    }
  }
  if (apply && files !== undefined) await purgeFiles(files);
  await confirm(erased);
  return { ...summary, complete: true };

  function leave(id: string, reason: string): void {
    summary.left += 1;
    onLeft(id, reason);
  }

  function done(id: string): void {
    summary.purged += 1;
    onPurged(id);
  }

  /** Why it can't be erased, or `undefined`. */
  async function purgeOne(
    id: string,
    intent: IntentRow | undefined,
    file: string | null,
  ): Promise<string | undefined> {
    if (intent === undefined) return 'Postgres has no such intent';
    if (intent.endedAt === null) return 'it has not ended; take it to a terminal state first';
    if (file !== null && files === undefined) {
      return `its rows are in the archive file ${file}; give --archive and --signing-key`;
    }
    if ((await statusOf(client, id)) === 'RUNNING')
      return 'its workflow is still about to end; try again in a moment';
    if (!apply) return undefined;
    if (file !== null && files !== undefined) {
      filed.set(file, [...(filed.get(file) ?? []), id]);
      return undefined;
    }
    await pool.query('SELECT intent_erase($1, $2)', [id, options.reason]);
    await deleteHistory(client, id);
    return undefined;
  }

  /** Each file once, for all of its intents. */
  async function purgeFiles(signedFiles: SignedFiles): Promise<void> {
    for (const [file, inFile] of filed) {
      const known = await readRecords(pool, inFile);
      const due = inFile.filter((id) => !known.get(id)?.erased);
      if (due.length > 0) await eraseInFile(pool, signedFiles, file, due, options.reason);
      for (const id of inFile) await deleteHistory(client, id);
    }
    await removeReplacedFiles(pool, signedFiles.folder);
  }

  /** Waits until Temporal has none of them. */
  async function confirm(ids: readonly string[]): Promise<void> {
    const deadline = Date.now() + OPS_LIMITS.deletionMs;
    for (const id of ids) {
      let known = await isKnown(client, id);
      while (known && Date.now() < deadline && !signal?.aborted) {
        await sleep(OPS_LIMITS.deletionPauseMs);
        known = await isKnown(client, id);
      }
      if (known) leave(id, 'Temporal has yet to delete its history; run it again in a minute');
      else done(id);
    }
  }
}

/** The status of its last run, or `undefined` when Temporal does not know the workflow. */
async function statusOf(client: Client, id: string): Promise<string | undefined> {
  try {
    return (await client.workflow.getHandle(id).describe()).status.name;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

async function isKnown(client: Client, id: string): Promise<boolean> {
  return (await statusOf(client, id)) !== undefined;
}

/** Tells Temporal to delete every run of the workflow: those that its list has, and the last one in any case. */
async function deleteHistory(client: Client, id: string): Promise<void> {
  for await (const { runId } of client.workflow.list({ query: `WorkflowId = '${id}'` })) {
    await deleteRun(client, id, runId);
  }
  await deleteRun(client, id, undefined);
}

async function deleteRun(client: Client, workflowId: string, runId: string | undefined): Promise<void> {
  await client.workflowService
    .deleteWorkflowExecution({
      namespace: client.options.namespace,
      workflowExecution: { workflowId, ...(runId !== undefined && { runId }) },
    })
    .catch((error: unknown) => {
      // Somebody else has deleted it.
      if (!hasGrpcStatus(error, 'NOT_FOUND')) throw error;
    });
}
