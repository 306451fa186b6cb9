import { decideApproval } from './decide-approval';
import { decideCancellation } from './decide-cancellation';
import { decideClock } from './decide-clock';
import { decideForce } from './decide-force';
import { beginMigration } from './decide-migration';
import { decideTransition } from './decide-transition';
import type { DecidingIntent } from './deciding-intent';
import { refusedAsEnded } from './ended';
import { reopens, type IntentRequest } from './request';
import type { Deferred, Verdict } from './verdict';

/**
 * Judges one request by the intent's state and graph. Pure: no clock, no I/O, no Temporal.
 *
 * @param at time of the decision, ISO 8601, UTC; says when a vote expires, and decides nothing
 *
 * @example
 * decide(intent, { kind: 'transition', requestId: 'r1', to: 'ICP_PENDING' }, '2026-03-01T12:00:00.000Z')
 * // { status: 'applied', newState: 'ICP_PENDING' }
 */
export function decide(intent: DecidingIntent, request: IntentRequest, at: string): Verdict | Deferred {
  const refused = refusedAsEnded(intent);
  if (refused !== undefined && !reopens(request)) return refused;
  switch (request.kind) {
    case 'transition':
      return decideTransition(intent, request);
    case 'approve':
      return decideApproval(intent, request, at);
    case 'cancel':
      return decideCancellation(intent, request);
    case 'pause':
    case 'resume':
      return decideClock(intent, request);
    case 'force':
      return decideForce(intent, request);
    case 'migrate':
      return beginMigration(intent, request);
  }
}
