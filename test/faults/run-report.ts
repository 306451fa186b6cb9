import { textTable } from '../../src/cli/text-table';
import type { DrivenReport } from './driven/count-moves';
import type { OutcomeRow } from './final-checks';
import { FAULT_KINDS, type FaultKind } from './faults';
import type { RequestLog } from './request-log';

/** One fault as it happened; times in milliseconds of the clock. */
export interface FaultRecord {
  kind: FaultKind;
  startedAt: number;
  /** When what was killed is started again, what was frozen goes on, what was cut is joined. */
  endedAt: number;
}

interface Recovery {
  /** From the end of the fault to the next outcome in Postgres, of any intent. */
  nextOutcomeMs: number;
  /** From the end of the fault until every request acknowledged by then has its outcome, over later faults. */
  caughtUpMs: number;
}

export interface KindReport {
  kind: FaultKind;
  count: number;
  nextOutcomeMs: { median: number; worst: number };
  caughtUpMs: { median: number; worst: number };
}

export interface RunReport {
  seed: number;
  seconds: number;
  intents: number;
  requests: {
    sent: number;
    /** How often they were sent in all, repetitions and second tries included. */
    attempts: number;
    acknowledged: number;
    /** Neither confirmed nor refused: such a request may have an outcome or not. */
    inDoubt: number;
    answeredAsEnded: number;
  };
  rows: { applied: number; voted: number; rejected: Record<string, number> };
  driven: DrivenReport;
  faults: KindReport[];
  /** Commits whose worker died before Temporal knew, and the outcomes in them. */
  gaps: { count: number; outcomes: number };
  /** How often the app that works for driven intents was killed. */
  appWorkerKilled: number;
  /** How often a worker died when it had committed what a driven intent did by itself. */
  workersDiedAfterOwnMove: number;
  workersEndedByThemselves: number;
  temporalEndedByItself: number;
  /** From Temporal's acknowledgement of a request to its outcome row, milliseconds; faults included. */
  waitedMs: { median: number; p99: number; worst: number };
  /** From the last request until the last acknowledged one had its outcome. */
  settledMs: number;
  /** From the last request until every driven intent had ended. */
  drivenEndedMs: number;
  /** Empty: the run has passed. */
  problems: string[];
}

export function countRequests({ requests }: RequestLog): RunReport['requests'] {
  const count = (which: (request: (typeof requests)[number]) => boolean) => requests.filter(which).length;
  return {
    sent: requests.length,
    attempts: requests.reduce((sum, { attempts }) => sum + attempts, 0),
    acknowledged: count(({ acknowledgedAt }) => acknowledgedAt !== undefined),
    inDoubt: count(({ acknowledgedAt, answeredAsEnded }) => acknowledgedAt === undefined && !answeredAsEnded),
    answeredAsEnded: count(
      ({ acknowledgedAt, answeredAsEnded }) => acknowledgedAt === undefined && answeredAsEnded === true,
    ),
  };
}

export function countRows(rows: readonly OutcomeRow[]): RunReport['rows'] {
  const rejected: Record<string, number> = {};
  let [applied, voted] = [0, 0];
  for (const { outcome } of rows) {
    if (outcome.status === 'applied') applied += 1;
    else if (outcome.status === 'voted') voted += 1;
    else rejected[outcome.code] = (rejected[outcome.code] ?? 0) + 1;
  }
  return { applied, voted, rejected };
}

/** How long acknowledged requests waited for their outcomes. */
export function waited(log: RequestLog, rows: readonly OutcomeRow[]): RunReport['waitedMs'] {
  const sorted = waitsOf(log, rows)
    // An outcome may be recorded before the app hears that the request has arrived.
    .map(({ acknowledgedAt, createdAt }) => Math.max(0, createdAt - acknowledgedAt))
    .toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), worst: quantile(sorted, 1) };
}

function waitsOf(log: RequestLog, rows: readonly OutcomeRow[]) {
  const createdOf = new Map(rows.map((row) => [`${row.intentId} ${row.requestId}`, row.createdAt]));
  return log.requests.flatMap(({ intentId, requestId, acknowledgedAt }) => {
    const createdAt = createdOf.get(`${intentId} ${requestId}`);
    return acknowledgedAt === undefined || createdAt === undefined ? [] : [{ acknowledgedAt, createdAt }];
  });
}

/** How soon the engine went on after each fault, by kind, from the times in the rows. */
export function recoveries(
  faults: readonly FaultRecord[],
  log: RequestLog,
  rows: readonly OutcomeRow[],
): KindReport[] {
  const created = rows.map(({ createdAt }) => createdAt).toSorted((a, b) => a - b);
  const waits = waitsOf(log, rows);
  const recoveryOf = ({ endedAt }: FaultRecord): Recovery => {
    const next = created.find((at) => at > endedAt) ?? endedAt;
    const open = waits.filter(
      ({ acknowledgedAt, createdAt }) => acknowledgedAt <= endedAt && createdAt > endedAt,
    );
    const caughtUp = open.reduce((latest, { createdAt }) => Math.max(latest, createdAt), endedAt);
    return { nextOutcomeMs: next - endedAt, caughtUpMs: caughtUp - endedAt };
  };
  const kinds = FAULT_KINDS.filter((kind) => faults.some((fault) => fault.kind === kind));
  return kinds.map((kind) => {
    const found = faults.filter((fault) => fault.kind === kind).map(recoveryOf);
    return {
      kind,
      count: found.length,
      nextOutcomeMs: medianAndWorst(found.map(({ nextOutcomeMs }) => nextOutcomeMs)),
      caughtUpMs: medianAndWorst(found.map(({ caughtUpMs }) => caughtUpMs)),
    };
  });
}

function medianAndWorst(values: readonly number[]): { median: number; worst: number } {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), worst: quantile(sorted, 1) };
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
}

const PROBLEMS_SHOWN = 20;

/** For people. */
export function formatRunReport(report: RunReport): string {
  const { seed, seconds, intents, requests, rows, driven, faults, gaps, waitedMs, problems } = report;
  const moves = Object.entries(driven.moves).map(([kind, count]) => `${kind} ${count}`);
  const rejections = Object.entries(rows.rejected).map(([code, count]) => `${code} ${count}`);
  const struck = faults.reduce((sum, { count }) => sum + count, 0);
  const lines = [
    `Seed ${seed}: ${problems.length === 0 ? 'passed' : 'FAILED'} in ${Math.round(seconds)} s`,
    `  requests: ${requests.sent} to ${intents} intents and the driven ones, sent ${requests.attempts} times; ` +
      `${requests.acknowledged} acknowledged, ${requests.inDoubt} in doubt, ${requests.answeredAsEnded} to ended intents`,
    `  outcome rows: ${rows.applied} applied, ${rows.voted} voted; rejected: ${rejections.join(', ') || 'none'}`,
    `  driven intents: ${driven.intents}, and ${driven.children} children; moves: ${moves.join(', ')}`,
    ...(driven.absent.length === 0 ? [] : [`  kinds that did not occur: ${driven.absent.join(', ')}`]),
    `  faults: ${struck}; workers that died between commit and task completion: ${gaps.count}, ` +
      `with ${gaps.outcomes} outcomes`,
    `  beside: app worker killed ${report.appWorkerKilled} times; workers that died after what an intent did by itself was ` +
      `committed: ${report.workersDiedAfterOwnMove}`,
    `  processes that ended by themselves: ${report.workersEndedByThemselves} workers, ` +
      `${report.temporalEndedByItself} Temporal servers`,
    `  from acknowledgement to outcome: median ${waitedMs.median} ms, p99 ${waitedMs.p99} ms, worst ${waitedMs.worst} ms; ` +
      `the last one ${report.settledMs} ms after the end of the load; ` +
      `driven intents had ended after ${report.drivenEndedMs} ms`,
    '',
    textTable(
      ['fault', 'times', 'next outcome, ms', 'worst', 'caught up, ms', 'worst'],
      faults.map(({ kind, count, nextOutcomeMs, caughtUpMs }) => [
        kind,
        count,
        nextOutcomeMs.median,
        nextOutcomeMs.worst,
        caughtUpMs.median,
        caughtUpMs.worst,
      ]),
    ),
    ...problems.slice(0, PROBLEMS_SHOWN).map((problem) => `  - ${problem}`),
    ...(problems.length > PROBLEMS_SHOWN ? [`  - and ${problems.length - PROBLEMS_SHOWN} more`] : []),
  ];
  return `${lines.join('\n')}\n`;
}
