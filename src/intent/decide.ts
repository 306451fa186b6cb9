import { decideCancellation } from './decide-cancellation';
import { decideClock } from './decide-clock';
import { decideForce } from './decide-force';
import { beginMigration } from './decide-migration';
import { decideTransition } from './decide-transition';
import type { DecidingIntent } from './deciding-intent';
import { refusedAsEnded } from './ended';
import type { IntentRequest } from './request';
import type { Deferred, Verdict } from './verdict';

/**
 * Judges one request by the intent's state and graph. Pure: no clock, no I/O, no Temporal.
 *
 * @example
 * decide(intent, { kind: 'transition', requestId: 'r1', to: 'ICP_PENDING' })
 * // { status: 'applied', newState: 'ICP_PENDING' }
 */
export function decide(intent: DecidingIntent, request: IntentRequest): Verdict | Deferred {
  const refused = refusedAsEnded(intent);
  if (refused !== undefined) return refused;
  switch (request.kind) {
    case 'transition':
      return decideTransition(intent, request);
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
