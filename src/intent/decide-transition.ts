import { cancellationTarget } from './cancellation-target';
import { checkEdge } from './check-edge';
import { missingVotes } from './decide-approval';
import type { DecidingIntent } from './deciding-intent';
import { refusingGuard } from './refusing-guard';
import type { TransitionRequest } from './request';
import { reject, type Verdict } from './verdict';

/** Judges an app's request to move along an edge of the graph. */
export function decideTransition(intent: DecidingIntent, request: TransitionRequest): Verdict {
  const refused = checkEdge(intent, request);
  if (refused !== undefined) return refused;
  const { to } = request;
  const missing = missingVotes(intent, to);
  if (missing !== undefined) return reject('APPROVAL_REQUIRED', missing);
  const guard = refusingGuard(intent, request);
  if (guard !== undefined) return reject('GUARD_REFUSED', guard);
  // What was done is undone first, whichever way a cancellation is asked for.
  const through = cancellationTarget(intent, to);
  return through === to
    ? { status: 'applied', newState: to }
    : { status: 'applied', newState: through, kind: 'cancellation' };
}
