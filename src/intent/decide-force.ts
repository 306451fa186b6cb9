import { hasState, isTerminal } from '../graph';
import type { DecidingIntent } from './deciding-intent';
import { unmetExpectation } from './unmet-expectation';
import type { ForceRequest } from './request';
import { reject, type Verdict } from './verdict';

/** Judges an operator's request: to any state of the graph, past edges, guards and approvals; out of a terminal one if it says so. */
export function decideForce(intent: DecidingIntent, request: ForceRequest): Verdict {
  const { graph } = intent;
  if (request.scope !== 'admin') {
    return reject('NOT_PERMITTED', 'scope: forcing a state needs the scope `admin`.');
  }
  if (!hasState(graph, request.to)) {
    return reject('UNKNOWN_STATE', `The graph ${graph.name}@${graph.version} has no state ${request.to}.`);
  }
  const conflict = unmetExpectation(intent, request);
  if (conflict !== undefined) return conflict;
  if (!isTerminal(graph, intent.state)) return { status: 'applied', newState: request.to, kind: 'force' };
  if (isTerminal(graph, request.to)) {
    return reject(
      'ILLEGAL_TRANSITION',
      `${request.to} is terminal as well; an intent that has ended is reopened into a state in which it goes on.`,
    );
  }
  return { status: 'applied', newState: request.to, kind: 'reopen' };
}
