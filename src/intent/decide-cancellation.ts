import { isTerminal } from '../graph';
import { cancellationTarget } from './cancellation-target';
import type { DecidingIntent } from './deciding-intent';
import { unmetExpectation } from './unmet-expectation';
import { CANCELLED_STATE } from './names';
import type { CancelRequest } from './request';
import { reject, type Verdict } from './verdict';

/** Judges a cancellation: from every state that is not terminal, whether the graph has an edge or not. */
export function decideCancellation(intent: DecidingIntent, request: CancelRequest): Verdict {
  const { graph, state } = intent;
  if (!isTerminal(graph, CANCELLED_STATE)) {
    return reject(
      'UNKNOWN_STATE',
      `The graph ${graph.name}@${graph.version} has no terminal state ${CANCELLED_STATE}, so it can't be cancelled.`,
    );
  }
  const conflict = unmetExpectation(intent, request);
  if (conflict !== undefined) return conflict;
  if (state === graph.cancellation?.through) {
    return reject('ALREADY_IN_STATE', `The intent is being cancelled: it is in ${state}.`);
  }
  return { status: 'applied', newState: cancellationTarget(intent, CANCELLED_STATE), kind: 'cancellation' };
}
