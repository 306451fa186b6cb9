import { newIntentId } from '../client/intent-id';
import { describeIssues, intentInputSchema } from '../intent';
import { readEvents, type LogRow, type ReadEventsOptions } from './read-events';
import { requestOfEvent, type ImportedRequest, type RequestOfEventOptions } from './request-of-event';
import { IMPORT_LIMITS } from './limits';

/** A row that can be imported. */
export interface CaseRow {
  line: number;
  /** In which role it was done; empty where the file does not say. */
  role: string;
  request: ImportedRequest;
}

/** Rows of one case, in the order of the file. */
export interface Case {
  caseId: string;
  intentId: string;
  rows: CaseRow[];
}

/** A row that was not imported, and why. */
export interface RowProblem {
  line: number;
  caseId?: string;
  /** A rejection's code, or MALFORMED_ROW, REPEATED_ROW, OTHER_GRAPH, INTENT_NOT_RUNNING, NO_OUTCOME. */
  code: string;
  reason: string;
}

/** A stretch of the file, grouped by case. */
export interface Window {
  cases: Case[];
  problems: RowProblem[];
}

export interface ReadCasesOptions extends ReadEventsOptions, RequestOfEventOptions {
  /** The intents' ids are derived from it and the cases' own ids. */
  organizationId: string;
}

/**
 * Reads an event log in stretches of 1,000 rows, each grouped by case. A case whose rows are scattered, or cut by
 * the end of a stretch, comes again in a later one; its rows always keep the order of the file.
 *
 * In memory are only that stretch and, for each case, the time and state of its last row.
 */
export async function* readCases(options: ReadCasesOptions): AsyncGenerator<Window> {
  const toCaseRow = caseRows(options);
  let cases = new Map<string, Case>();
  let problems: RowProblem[] = [];
  let rows = 0;

  for await (const logRow of readEvents(options)) {
    const row = toCaseRow(logRow);
    if ('code' in row) problems.push(row);
    else {
      const { caseId, ...caseRow } = row;
      const group = cases.get(caseId) ?? {
        caseId,
        intentId: newIntentId(options.organizationId, caseId),
        rows: [],
      };
      cases.set(caseId, group);
      const same = group.rows.find(({ request }) => request.requestId === caseRow.request.requestId);
      if (same === undefined) group.rows.push(caseRow);
      else problems.push(repeated(row, same));
    }
    rows += 1;
    if (rows % IMPORT_LIMITS.windowRows === 0) {
      yield { cases: [...cases.values()], problems };
      cases = new Map();
      problems = [];
    }
  }
  if (rows % IMPORT_LIMITS.windowRows !== 0) yield { cases: [...cases.values()], problems };
}

/**
 * Such a row would be taken for the earlier one. Where both are too far apart to be seen together it is, and the
 * check at the end of the import finds it missing.
 */
function repeated({ line, caseId }: CaseRow & { caseId: string }, same: CaseRow): RowProblem {
  const reason = `repeats line ${same.line}: case, state and time are the same, with other rows of the case between`;
  return { line, caseId, code: 'REPEATED_ROW', reason };
}

function caseRows(options: ReadCasesOptions): (row: LogRow) => RowProblem | (CaseRow & { caseId: string }) {
  const { organizationId } = options;
  const toRequest = requestOfEvent(options);
  const latest = new Map<string, { key: string; count: number }>();

  return (row) => {
    const { line } = row;
    if ('problem' in row) {
      return { line, ...(row.caseId && { caseId: row.caseId }), code: 'MALFORMED_ROW', reason: row.problem };
    }
    const { caseId } = row.event;
    const problem = problemOfCaseId(organizationId, caseId);
    if (problem !== undefined) return { line, caseId, code: 'MALFORMED_ROW', reason: problem };
    const made = toRequest(row.event, line, (key) => {
      const before = latest.get(caseId);
      const count = before?.key === key ? before.count + 1 : 1;
      latest.set(caseId, { key, count });
      return count;
    });
    if (!made.ok) return { line, caseId, code: made.code, reason: made.reason };
    return { line, caseId, role: made.role, request: made.request };
  };
}

/** A case's id becomes the intent's title, which Postgres must be able to store. */
function problemOfCaseId(organizationId: string, caseId: string): string | undefined {
  const parsed = intentInputSchema.safeParse({ organizationId, title: caseId });
  return parsed.success ? undefined : describeIssues(parsed.error).replace('title:', 'case id:');
}
