import { join } from 'node:path';

import type { Pool } from 'pg';

import type { Outcome } from '../../src/client';
import { CHECKOUT } from '../../src/dev/checkout';
import { CREATION_REQUEST_ID, ENGINE_REQUEST_ID_PREFIX } from '../../src/intent';
import { startProcess } from '../setup/worker-process';
import { sameOutcome, type RequestLog } from './request-log';

/** An outcome row, of any of the three tables. */
export interface OutcomeRow {
  intentId: string;
  requestId: string;
  /** Milliseconds of the clock that the apps have, too: all is on one machine. */
  createdAt: number;
  outcome: Outcome;
}

/**
 * Every outcome row of a request: not the creations of intents, nor what they do by themselves, nor what happens to the
 * children of driven intents, which no app asks for anything.
 */
export async function readOutcomeRows(pool: Pool): Promise<OutcomeRow[]> {
  const { rows } = await pool.query<{
    intent_id: string;
    request_id: string;
    created_at: Date;
    sequence: number | null;
    previous_state: string | null;
    new_state: string | null;
    code: string | null;
    state: string | null;
    votes: number | null;
  }>(
    `SELECT outcome.* FROM (
       SELECT workflow_id AS intent_id, request_id, created_at, sequence, previous_state, new_state, NULL AS code,
              NULL AS state, NULL::integer AS votes
         FROM workflow_transition_audit
       UNION ALL
       SELECT workflow_id, request_id, created_at, NULL, NULL, NULL, code, state, NULL
         FROM workflow_transition_rejections
       UNION ALL
       SELECT v.workflow_id, v.request_id, v.created_at, NULL, NULL, NULL, NULL, NULL, v.votes
         FROM workflow_transition_votes v
        WHERE v.kind = 'cast'
          -- The last vote moves the intent: that is its outcome, and has a row.
          AND NOT EXISTS (SELECT FROM workflow_transition_audit a
                           WHERE a.workflow_id = v.workflow_id AND a.request_id = v.request_id)
     ) outcome
     JOIN intent_workflows i ON i.id = outcome.intent_id
     WHERE outcome.request_id <> $1 AND NOT starts_with(outcome.request_id, $2) AND i.parent_id IS NULL`,
    [CREATION_REQUEST_ID, ENGINE_REQUEST_ID_PREFIX],
  );
  return rows.map((row) => ({
    intentId: row.intent_id,
    requestId: row.request_id,
    createdAt: row.created_at.getTime(),
    outcome: toOutcome(row.request_id, row),
  }));
}

/** As much of it as tells one outcome from another. */
function toOutcome(
  requestId: string,
  { sequence, new_state: newState, votes, code, state }: Record<string, unknown>,
): Outcome {
  if (votes !== null) return { status: 'voted', requestId, votes } as Outcome;
  if (code !== null) return { status: 'rejected', requestId, code, state } as Outcome;
  return { status: 'applied', requestId, sequence, newState } as Outcome;
}

/** Acknowledged requests that have no outcome row yet. */
export function unanswered(log: RequestLog, rows: readonly OutcomeRow[]): number {
  const answered = new Set(rows.map(keyOf));
  return log.requests.filter(
    (request) => request.acknowledgedAt !== undefined && !answered.has(keyOf(request)),
  ).length;
}

/**
 * What is wrong with the outcome rows: an acknowledged request without exactly one, a row without a request, a row that
 * contradicts what an app was told.
 */
export function checkOutcomeRows(log: RequestLog, rows: readonly OutcomeRow[], ended: Set<string>): string[] {
  const byRequest = new Map<string, OutcomeRow[]>();
  for (const row of rows) byRequest.set(keyOf(row), [...(byRequest.get(keyOf(row)) ?? []), row]);
  const problems = [...log.surprises];
  for (const request of log.requests) {
    const { intentId, requestId, acknowledgedAt, answeredAsEnded, seen } = request;
    const of = `request ${requestId} of intent ${intentId}`;
    const own = byRequest.get(keyOf(request)) ?? [];
    byRequest.delete(keyOf(request));
    if (own.length > 1) problems.push(`${of} has ${own.length} outcome rows`);
    if (own.length === 0 && acknowledgedAt !== undefined)
      problems.push(`${of} was acknowledged and has no row`);
    if (answeredAsEnded && !ended.has(intentId)) problems.push(`${of} was told that the intent had ended`);
    const [row] = own;
    if (row !== undefined && seen !== undefined && !sameOutcome(seen, row.outcome)) {
      problems.push(
        `${of} was told ${JSON.stringify(seen)}, and its row says ${JSON.stringify(row.outcome)}`,
      );
    }
  }
  for (const [row] of byRequest.values()) {
    if (row !== undefined) problems.push(`row of request ${row.requestId}, which nobody sent`);
  }
  return problems;
}

/** What `intent verify` says in its full mode, as operators run it: replays every intent and compares each row. */
export async function verifyEverything(
  databaseUrl: string,
  temporalAddress: string,
  intents: number,
): Promise<string[]> {
  const verify = startProcess([join(CHECKOUT, 'dist', 'cli', 'main.js'), 'verify', '--json'], {
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporalAddress,
  });
  const exitCode = await verify.exited;
  const lines = verify.output.flatMap(readLine);
  const summary = lines.find(({ type }) => type === 'summary');
  const problems = lines.filter((line) => line !== summary).map((line) => `verify: ${JSON.stringify(line)}`);
  const clean = { intents, witnessed: intents, unchecked: 0, forgotten: 0, complete: true };
  const asExpected = Object.entries(clean).every(([name, value]) => summary?.[name] === value);
  if (exitCode !== 0 || !asExpected || problems.length > 0) {
    problems.push(
      `verify: exit code ${exitCode}, ${summary === undefined ? verify.output.join('\n') : JSON.stringify(summary)}`,
    );
  }
  return problems;
}

/** Its lines are JSON, but for what a process may print about itself. */
function readLine(line: string): Record<string, unknown>[] {
  return line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : [];
}

/** Intents that have ended, by Postgres. */
export async function endedIntents(pool: Pool): Promise<Set<string>> {
  const { rows } = await pool.query<{ id: string }>(
    'SELECT id FROM intent_workflows WHERE ended_at IS NOT NULL',
  );
  return new Set(rows.map(({ id }) => id));
}

function keyOf({ intentId, requestId }: { intentId: string; requestId: string }): string {
  return `${intentId} ${requestId}`;
}
