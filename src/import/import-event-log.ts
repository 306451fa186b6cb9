import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';

import { formatGraphReference, type Graph } from '../graph';
import { checkAgainstFile, type FileCheck } from './check-against-file';
import { importCases } from './import-cases';
import { OutcomeWatch } from './outcome-watch';
import { openProblemFile } from './problem-file';
import { readCases, type RowProblem } from './read-cases';
import { countRows, type EventColumns } from './read-events';
import { IMPORT_LIMITS } from './limits';

export interface ImportOptions {
  file: string;
  columns: EventColumns;
  delimiter?: string | undefined;
  utcOffset?: string | undefined;
  /** As registered. */
  graph: Graph;
  organizationId: string;
  taskQueue: string;
  temporal: Client;
  /** Of the engine's role. */
  pool: Pool;
  /** Cases in flight at most; see {@link IMPORT_LIMITS}. */
  concurrency?: number | undefined;
  /** Where rows that were not imported are written. */
  errorsFile?: string | undefined;
  /** Give up when no outcome has come for this long, milliseconds; see {@link IMPORT_LIMITS}. */
  stallMs?: number | undefined;
  /** Told now and then; `total` counts the rows of the file. */
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined;
  onCheck?: (() => void) | undefined;
}

export interface ImportSummary {
  file: string;
  /** `name@version` */
  graph: string;
  organizationId: string;
  /** Rows of the file, readable or not. */
  rows: number;
  cases: number;
  /** Transitions made now. */
  applied: number;
  /** Rows that were imported before. */
  alreadyThere: number;
  notImported: number;
  /** How many were not imported, by code. */
  codes: Record<string, number>;
  /** The first of the rows that were not imported. */
  problems: RowProblem[];
  /** Time that the import took, the check not included. */
  seconds: number;
  rowsPerSecond: number;
  check: Omit<FileCheck, 'cases'> & { seconds: number };
  /** Whether every row is in the audit trail, and nothing else. */
  complete: boolean;
}

/**
 * Imports an event log: an intent for each case, a request for each row, in the order of the file, through real
 * workflows. What was imported before is left alone, so that it may be repeated, and goes on after a crash. At the
 * end the audit trail is compared with the file.
 *
 * @throws LogFileError, LogHeaderError, ImportStalledError
 */
export async function importEventLog(options: ImportOptions): Promise<ImportSummary> {
  const { file, graph, organizationId, taskQueue, temporal, pool } = options;
  const { concurrency = IMPORT_LIMITS.concurrency, stallMs = IMPORT_LIMITS.stallMs } = options;
  const { onProgress, onCheck } = options;
  const total = await countRows(options);
  const errors = options.errorsFile === undefined ? undefined : await openProblemFile(options.errorsFile);
  const problems: RowProblem[] = [];
  const codes: Record<string, number> = {};
  let notImported = 0;
  let done = 0;

  const startedAt = performance.now();
  const reference = formatGraphReference(graph);
  try {
    onProgress?.({ done, total });
    const imported = await importCases(readCases(options), {
      temporal,
      taskQueue,
      organizationId,
      graph: reference,
      definition: graph,
      pool,
      watch: new OutcomeWatch(pool, { stallMs, taskQueue }),
      concurrency,
      onSettled: (rows) => {
        done += rows;
        onProgress?.({ done, total });
      },
      onProblem: (problem) => {
        notImported += 1;
        codes[problem.code] = (codes[problem.code] ?? 0) + 1;
        if (problems.length < IMPORT_LIMITS.problemsShown) problems.push(problem);
        errors?.write(problem);
      },
    });
    const seconds = secondsSince(startedAt);

    onCheck?.();
    const checkStartedAt = performance.now();
    const { cases, ...check } = await checkAgainstFile(pool, readCases(options));
    return {
      file,
      graph: reference,
      organizationId,
      rows: total,
      cases,
      ...imported,
      notImported,
      codes,
      problems: problems.sort((a, b) => a.line - b.line),
      seconds,
      rowsPerSecond: Math.round(imported.applied / seconds),
      check: { ...check, seconds: secondsSince(checkStartedAt) },
      complete: notImported === 0 && check.equal,
    };
  } finally {
    await errors?.close();
  }
}

function secondsSince(start: number): number {
  return Math.max(1, Math.round(performance.now() - start)) / 1_000;
}
