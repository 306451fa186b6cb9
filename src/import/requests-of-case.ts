import { approvalOf, hasEdge, type Graph } from '../graph';
import type { IntentRequestInput } from '../intent';
import type { CaseRow } from './read-cases';
import type { ImportedRequest } from './request-of-event';

/** What is sent for a row. */
export type RequestOfRow = IntentRequestInput & Pick<ImportedRequest, 'requestId' | 'occurredAt'>;

/**
 * The requests that replay rows of a case: a vote, with the row's role, where the graph moves by votes, else a transition.
 *
 * @param from state of the intent before the first of the rows
 */
export function requestsOfCase(graph: Graph, from: string, rows: readonly CaseRow[]): RequestOfRow[] {
  let state = from;
  /** Rows that vote for the same state in a row count for one edge. */
  let voting = { to: '', left: 0 };
  return rows.map(({ request, role }) => {
    const { to, actor } = request;
    if (voting.left > 0 && to !== voting.to) {
      // The case went on, so somebody voted whom this file does not have.
      state = voting.to;
      voting = { to: '', left: 0 };
    }
    const rule = approvalOf(graph, state, to);
    if (rule === undefined || actor === undefined) {
      if (hasEdge(graph, state, to)) state = to;
      return request;
    }
    voting = { to, left: (voting.left > 0 ? voting.left : rule.count) - 1 };
    if (voting.left === 0) state = to;
    return { ...request, kind: 'approve' as const, actor, role };
  });
}
