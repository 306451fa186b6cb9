import type { Pool } from 'pg';

import { readIntents, type IntentRow } from '../database/read-intents';
import { readOutcomes } from '../database/read-outcomes';
import type { Outcome } from '../intent';
import { initialState, type Graph } from '../graph';
import type { OutcomeWatch } from './outcome-watch';
import type { Case, CaseRow, RowProblem, Window } from './read-cases';
import { requestsOfCase } from './requests-of-case';
import { sendCase, type SendCaseOptions } from './send-case';

export interface ImportCasesOptions extends SendCaseOptions {
  pool: Pool;
  /** That of the name `graph`. */
  definition: Graph;
  watch: OutcomeWatch;
  /** Cases in flight at most. */
  concurrency: number;
  /** Told of rows that are done with, well or not. */
  onSettled: (rows: number) => void;
  onProblem: (problem: RowProblem) => void;
}

export interface ImportedCases {
  /** Transitions made now. */
  applied: number;
  /** Rows that Postgres held already. */
  alreadyThere: number;
}

/** A case, and what of it is left to do. */
interface Task {
  group: Case;
  rows: CaseRow[];
  exists: boolean;
}

/**
 * Replays cases through workflows, several at once. What was imported before is asked of Postgres, a stretch of the
 * file at a time, and only the rest is sent: so there is no state to keep, and whoever stops may go on.
 */
export async function importCases(
  windows: AsyncIterable<Window>,
  options: ImportCasesOptions,
): Promise<ImportedCases> {
  const counts = { applied: 0, alreadyThere: 0 };
  const tasks = openTasks(windows, counts, options);
  // A case that comes again while its earlier rows are under way waits for them.
  const underWay = new Map<string, Promise<void>>();
  let stopped = false;

  const runOne = async (): Promise<void> => {
    while (!stopped) {
      const next = await tasks.next();
      if (next.done === true) return;
      const { caseId } = next.value.group;
      const turn = (underWay.get(caseId) ?? Promise.resolve()).then(() =>
        importCase(next.value, counts, options),
      );
      underWay.set(caseId, turn);
      try {
        await turn;
      } finally {
        if (underWay.get(caseId) === turn) underWay.delete(caseId);
      }
    }
  };
  const runs = Array.from({ length: options.concurrency }, () =>
    runOne().catch((error: unknown) => {
      stopped = true;
      throw error;
    }),
  );
  const failed = (await Promise.allSettled(runs)).find((run) => run.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return counts;
}

/** Settles what Postgres knows already, and yields the rest. */
async function* openTasks(
  windows: AsyncIterable<Window>,
  counts: ImportedCases,
  options: ImportCasesOptions,
): AsyncGenerator<Task> {
  const { pool, graph, onSettled, onProblem } = options;
  for await (const { cases, problems } of windows) {
    problems.forEach(onProblem);
    onSettled(problems.length);

    const [intents, outcomes] = await Promise.all([
      readIntents(
        pool,
        cases.map(({ intentId }) => intentId),
      ),
      readOutcomes(
        pool,
        cases.flatMap(({ intentId, rows }) =>
          rows.map(({ request }) => ({ intentId, requestId: request.requestId })),
        ),
      ),
    ]);
    let start = 0;
    for (const [index, group] of cases.entries()) {
      const known = outcomes.slice(start, (start += group.rows.length));
      const intent = intents[index];
      const open = group.rows.filter((_, at) => known[at] === undefined);
      const settled = group.rows.filter((_, at) => known[at] !== undefined);
      counts.alreadyThere += settle(
        group,
        settled,
        known.filter((outcome) => outcome !== undefined),
        options,
      );

      const problem = intent && (otherGraph(intent, graph) ?? ended(intent));
      if (problem !== undefined) report(group, open, problem, options);
      else if (open.length > 0) yield { group, rows: open, exists: intent !== undefined };
    }
  }
}

async function importCase({ group, rows, exists }: Task, counts: ImportedCases, options: ImportCasesOptions) {
  const { pool, watch } = options;
  const requests = await requestsOf(group, rows, options);
  const sent = await sendCase(group, requests, exists, options);
  const outcomes = await watch.wait(
    group.intentId,
    rows.slice(0, sent).map(({ request }) => request.requestId),
  );
  counts.applied += settle(group, rows.slice(0, sent), outcomes, options);

  const unsent = rows.slice(sent);
  if (unsent.length === 0) return;
  const [intent] = await readIntents(pool, [group.intentId]);
  report(group, unsent, (intent && ended(intent)) ?? notRunning(group), options);
}

/** Where the graph asks for votes, the state from which a row goes on says whether it is one. */
async function requestsOf(
  { intentId }: Case,
  rows: readonly CaseRow[],
  { pool, definition }: ImportCasesOptions,
) {
  if ((definition.approvals ?? []).length === 0) return rows.map(({ request }) => request);
  const [intent] = await readIntents(pool, [intentId]);
  return requestsOfCase(definition, intent?.state ?? initialState(definition), rows);
}

/** @returns how many of the rows were applied, or counted as votes; the others are reported */
function settle(
  group: Case,
  rows: readonly CaseRow[],
  outcomes: ReadonlyArray<Outcome | undefined>,
  options: ImportCasesOptions,
): number {
  let applied = 0;
  for (const [index, row] of rows.entries()) {
    const outcome = outcomes[index];
    if (outcome === undefined) report(group, [row], noOutcome(group), options);
    else if (outcome.status === 'rejected') report(group, [row], rejected(outcome), options);
    else applied += 1;
  }
  options.onSettled(applied);
  return applied;
}

type Reason = Pick<RowProblem, 'code' | 'reason'>;

function report(
  { caseId }: Case,
  rows: readonly CaseRow[],
  { code, reason }: Reason,
  { onProblem, onSettled }: ImportCasesOptions,
): void {
  for (const { line } of rows) onProblem({ line, caseId, code, reason });
  onSettled(rows.length);
}

function rejected({ code, message }: Extract<Outcome, { status: 'rejected' }>): Reason {
  return { code, reason: message };
}

function otherGraph(intent: IntentRow, graph: string): Reason | undefined {
  const own = `${intent.graphName}@${intent.graphVersion}`;
  if (own === graph) return undefined;
  const reason = `intent ${intent.id} exists already with the graph ${own}; import it with --graph ${own}`;
  return { code: 'OTHER_GRAPH', reason };
}

function ended({ state, endedAt }: IntentRow): Reason | undefined {
  if (endedAt === null) return undefined;
  return { code: 'TERMINAL_STATE', reason: `The intent has ended in ${state}; nothing moves it any more.` };
}

function notRunning({ intentId }: Case): Reason {
  const reason = `Temporal has no running workflow for intent ${intentId}: it was terminated or failed there`;
  return { code: 'INTENT_NOT_RUNNING', reason };
}

function noOutcome({ intentId }: Case): Reason {
  return { code: 'NO_OUTCOME', reason: `no outcome came; look at the workflow ${intentId} in Temporal` };
}
