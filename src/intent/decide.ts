import { hasEdge, hasState, isTerminal, nextStates } from '../graph';
import type { Intent } from './intent';
import type { RejectionCode } from './rejection-codes';
import type { IntentRequest } from './request';

export type Verdict =
  { status: 'applied'; newState: string } | { status: 'rejected'; code: RejectionCode; message: string };

/**
 * Judges one request by the intent's state and graph. Pure: no clock, no I/O, no Temporal.
 *
 * @example
 * decide({ graph, state: 'CREATED' }, { kind: 'transition', requestId: 'r1', to: 'ICP_PENDING' })
 * // { status: 'applied', newState: 'ICP_PENDING' }
 */
export function decide(intent: Pick<Intent, 'graph' | 'state'>, request: IntentRequest): Verdict {
  const { graph, state } = intent;
  const { to, expectedState } = request;

  if (isTerminal(graph, state)) {
    return reject('TERMINAL_STATE', `The intent has ended in ${state}; nothing moves it any more.`);
  }
  if (!hasState(graph, to)) {
    return reject('UNKNOWN_STATE', `The graph ${graph.name}@${graph.version} has no state ${to}.`);
  }
  if (expectedState !== undefined && expectedState !== state) {
    return reject('STATE_CONFLICT', `The intent is in ${state}, not in the expected ${expectedState}.`);
  }
  if (hasEdge(graph, state, to)) return { status: 'applied', newState: to };
  if (to === state) return reject('ALREADY_IN_STATE', `The intent is in ${state} already.`);
  return reject(
    'ILLEGAL_TRANSITION',
    `${state} does not lead to ${to}; it leads to ${nextStates(graph, state).join(', ')}.`,
  );
}

function reject(code: RejectionCode, message: string): Verdict {
  return { status: 'rejected', code, message };
}
