import { hasEdge, hasState, nextStates } from '../graph';
import { cancellationTarget } from './cancellation-target';
import type { DecidingIntent } from './deciding-intent';
import { unexpectedState } from './expected-state';
import { refusingGuard } from './refusing-guard';
import type { TransitionRequest } from './request';
import { reject, type Verdict } from './verdict';

/** Judges an app's request to move along an edge of the graph. */
export function decideTransition(intent: DecidingIntent, request: TransitionRequest): Verdict {
  const { graph, state } = intent;
  const { to } = request;
  if (!hasState(graph, to)) {
    return reject('UNKNOWN_STATE', `The graph ${graph.name}@${graph.version} has no state ${to}.`);
  }
  const conflict = unexpectedState(intent, request);
  if (conflict !== undefined) return conflict;
  if (!hasEdge(graph, state, to)) {
    if (to === state) return reject('ALREADY_IN_STATE', `The intent is in ${state} already.`);
    return reject(
      'ILLEGAL_TRANSITION',
      `${state} does not lead to ${to}; it leads to ${nextStates(graph, state).join(', ')}.`,
    );
  }
  const guard = refusingGuard(intent, request);
  if (guard !== undefined) return reject('GUARD_REFUSED', guard);
  // What was done is undone first, whichever way a cancellation is asked for.
  const through = cancellationTarget(intent, to);
  return through === to
    ? { status: 'applied', newState: to }
    : { status: 'applied', newState: through, kind: 'cancellation' };
}
