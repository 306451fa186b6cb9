import { hasEdge, hasState, nextStates } from '../graph';
import type { DecidingIntent } from './deciding-intent';
import { unmetExpectation, type Expectation } from './unmet-expectation';
import { reject, type Verdict } from './verdict';

/** Refuses a request whose state the graph does not have, or to which the intent's state does not lead. */
export function checkEdge(
  intent: DecidingIntent,
  request: Expectation & { to: string },
): Verdict | undefined {
  const { graph, state } = intent;
  const { to } = request;
  if (!hasState(graph, to)) {
    return reject('UNKNOWN_STATE', `The graph ${graph.name}@${graph.version} has no state ${to}.`);
  }
  const conflict = unmetExpectation(intent, request);
  if (conflict !== undefined) return conflict;
  if (hasEdge(graph, state, to)) return undefined;
  if (to === state) return reject('ALREADY_IN_STATE', `The intent is in ${state} already.`);
  return reject(
    'ILLEGAL_TRANSITION',
    `${state} does not lead to ${to}; it leads to ${nextStates(graph, state).join(', ')}.`,
  );
}
