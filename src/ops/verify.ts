import type { Client } from '@temporalio/client';
import type { ReplayWorkerOptions } from '@temporalio/worker';
import type { Pool } from 'pg';

import { readIntents, type IntentRow } from '../database/read-intents';
import { readRecords, type IntentRecords } from '../database/read-records';
import {
  checkFile,
  intentsOfFile,
  pagesOfFile,
  recordedFiles,
  trailOf,
  type ArchiveFiles,
  type FiledTrail,
} from './archive-files';
import { checkProtection } from './check-protection';
import { checkPage, checkRows } from './check-rows';
import { headWitness } from './check-head';
import { fullWitness, NOT_IN_POSTGRES, type KnownOfIntent, type Witness } from './check-witness';
import { Checkpoint, type CheckpointStore } from './checkpoint';
import { notInTemporal, type Finding } from './findings';
import { OPS_LIMITS } from './limits';
import { missingIntents } from './missing-intents';
import { countIntents, FIRST, LAST, pagesOf } from './pages';
import { Replayer } from './replayer';
import { VERIFY_COUNTS, type VerifyCounts } from './verify-counts';

/**
 * `sql`: what Postgres says of itself. `fast`: and the head of each chain against what the workflow remembers. `full`:
 * and every row against the replayed history, and the intents that Postgres lacks.
 */
export type VerifyMode = 'sql' | 'fast' | 'full';

export interface VerifyOptions {
  mode: VerifyMode;
  /** Of the engine's role, or of one that reads everything. */
  pool: Pool;
  /** Not needed for `sql`. */
  client?: Client | undefined;
  /** These intents only. */
  ids?: readonly string[] | undefined;
  /** Intents of this organization only. */
  organizationId?: string | undefined;
  /** Intents whose rows are checked by one statement. Default: see {@link OPS_LIMITS}. */
  pageSize?: number | undefined;
  /** Archive files, to verify what they hold; without them, that is left out and counted as `filed`. */
  archive?: ArchiveFiles | undefined;
  /** Keeps the position. */
  checkpoint?: CheckpointStore | undefined;
  /** Prebuilt workflow code; default: the build's. */
  workflowBundle?: ReplayWorkerOptions['workflowBundle'];
  onFinding: (finding: Finding) => void;
  /** An intent that could not be checked, and why. */
  onUnchecked: (intentId: string, reason: string) => void;
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined;
  /** Stops after the intent that is being checked; the checkpoint stays. */
  signal?: AbortSignal | undefined;
}

/** Counts of the whole run, those of its earlier parts that a checkpoint told of included. */
export interface VerifySummary extends VerifyCounts {
  mode: VerifyMode;
  /** Whether it went through to the end. */
  complete: boolean;
  seconds: number;
}

/**
 * Verifies intents, a page at a time, in the order of their ids: memory does not grow with their number.
 *
 * @throws Error of Postgres or Temporal when one of them does not answer; the checkpoint stays
 */
export async function verify(options: VerifyOptions): Promise<VerifySummary> {
  const { mode, pool, ids, organizationId, onProgress, signal } = options;
  const pageSize = options.pageSize ?? (mode === 'sql' ? OPS_LIMITS.sqlPageIntents : OPS_LIMITS.pageIntents);
  const startedAt = performance.now();
  const scope = `${mode} of ${ids?.join(' ') ?? organizationId ?? 'everything'}`;
  const checkpoint = new Checkpoint(options.checkpoint, scope, VERIFY_COUNTS);
  const { after, counts } = checkpoint.read();
  const summary: VerifySummary = {
    mode,
    ...counts,
    findings: { ...counts.findings },
    complete: false,
    seconds: 0,
  };
  const report = (finding: Finding) => {
    summary.findings[finding.code] = (summary.findings[finding.code] ?? 0) + 1;
    options.onFinding(finding);
  };
  const total = ids?.length ?? counts.intents + (await countIntents(pool, after, organizationId));
  const replayer = mode === 'full' ? await Replayer.start(options.workflowBundle) : undefined;
  const witness = witnessOf(options, replayer);
  try {
    onProgress?.({ done: summary.intents, total });
    for await (const page of pagesOf(pool, { ids, after, organizationId, pageSize })) {
      for (const finding of await checkPage(pool, page, organizationId)) report(finding);
      if (!(await checkAll(page.ids))) return finish();
      const { intents, witnessed, forgotten, filed, unchecked, findings } = summary;
      const soFar = { intents, witnessed, forgotten, filed, unchecked, findings };
      checkpoint.write({ after: page.stretch.upTo, counts: soFar });
    }
    if (options.archive !== undefined && !(await checkArchive(options.archive))) return finish();
    // At the end, so that a run that was stopped and goes on reports it once.
    if (ids === undefined) (await checkProtection(pool)).forEach(report);
    if (
      replayer !== undefined &&
      options.client !== undefined &&
      ids === undefined &&
      organizationId === undefined
    ) {
      for await (const { findings } of missingIntents(pool, options.client, replayer))
        findings.forEach(report);
    }
    summary.complete = true;
    checkpoint.remove();
    return finish();
  } finally {
    await witness?.close();
  }

  /** Whether it went through all of them. */
  async function checkAll(pageIds: readonly string[]): Promise<boolean> {
    const records = await readRecords(pool, pageIds);
    const inFiles = pageIds.filter((id) => (records.get(id)?.archived?.file ?? null) !== null);
    // Those are verified with the rows of their files.
    if (options.archive === undefined || ids !== undefined) countFiled(inFiles);
    const others = pageIds.filter((id) => !inFiles.includes(id));
    return checkEach(others, records, new Map());
  }

  async function checkEach(
    pageIds: readonly string[],
    records: ReadonlyMap<string, IntentRecords>,
    trails: ReadonlyMap<string, FiledTrail>,
  ): Promise<boolean> {
    const intents = await readIntents(pool, pageIds);
    let position = 0;
    const checkNext = async (): Promise<void> => {
      while (position < pageIds.length && !signal?.aborted) {
        const at = position++;
        const id = pageIds[at] as string;
        await check(id, intents[at], { erased: records.get(id)?.erased ?? false, filed: trails.get(id) });
        summary.intents += 1;
        onProgress?.({ done: summary.intents, total });
      }
    };
    await Promise.all(Array.from({ length: OPS_LIMITS.inFlight }, checkNext));
    return position === pageIds.length;
  }

  function countFiled(filed: readonly string[]): void {
    summary.intents += filed.length;
    if (ids === undefined) summary.filed += filed.length;
    else {
      for (const id of filed) {
        summary.unchecked += 1;
        options.onUnchecked(id, 'its rows are in an archive file; verify everything, with --archive');
      }
    }
  }

  /** Whether it went through all files. */
  async function checkArchive(archive: ArchiveFiles): Promise<boolean> {
    if (ids !== undefined) return true;
    for (const file of await recordedFiles(pool)) {
      const altered = await checkFile(archive, file);
      altered.forEach(report);
      if (altered.length > 0) continue;
      const missing = await intentsOfFile(pool, file.name);
      for await (const page of pagesOfFile(archive, file.name, pageSize)) {
        const wanted = await ofOrganization(page.map(({ id }) => id));
        const archived = page.filter(({ id }) => wanted.has(id));
        for (const { id } of page) missing.delete(id);
        for (const finding of await checkRows(pool, { after: FIRST, upTo: LAST, organizationId, archived })) {
          report(finding);
        }
        const trails = new Map(archived.map((intent) => [intent.id, trailOf(intent)]));
        const archivedIds = [...trails.keys()];
        if (!(await checkEach(archivedIds, await readRecords(pool, archivedIds), trails))) return false;
      }
      if (missing.size > 0) {
        const detail = `${file.name}: it lacks ${missing.size} intents, ${[...missing][0]} among them`;
        report({ code: 'ARCHIVE_FILE_ALTERED', detail });
      }
    }
    return true;
  }

  async function ofOrganization(pageIds: readonly string[]): Promise<Set<string>> {
    const rows = await readIntents(pool, pageIds);
    return new Set(
      rows.flatMap((row) =>
        row !== undefined && (organizationId === undefined || row.organizationId === organizationId)
          ? [row.id]
          : [],
      ),
    );
  }

  async function check(id: string, intent: IntentRow | undefined, known: KnownOfIntent): Promise<void> {
    if (witness === undefined && intent !== undefined) return;
    const checked = (await witness?.check(id, intent, known)) ?? NOT_IN_POSTGRES;
    if (checked.status === 'checked') {
      summary.witnessed += 1;
      checked.findings.forEach(report);
    } else if (checked.status === 'forgotten') {
      // Retention deletes what has ended only, so Temporal was restored from before the intent, or lost it.
      if (intent?.endedAt === null) report(notInTemporal(id, intent.organizationId));
      else summary.forgotten += 1;
    } else {
      summary.unchecked += 1;
      options.onUnchecked(id, checked.reason);
    }
  }

  function finish(): VerifySummary {
    return { ...summary, seconds: Math.round(performance.now() - startedAt) / 1_000 };
  }
}

function witnessOf(
  { mode, pool, client }: VerifyOptions,
  replayer: Replayer | undefined,
): Witness | undefined {
  if (mode === 'sql') return undefined;
  if (client === undefined) throw new TypeError(`verify: the mode ${mode} needs a client of Temporal`);
  return replayer === undefined ? headWitness(pool, client) : fullWitness(pool, client, replayer);
}
