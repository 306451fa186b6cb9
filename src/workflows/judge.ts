import {
  receive,
  receiveCancellation,
  receiveExpiry,
  receiveGraph,
  receiveMove,
  type Decision,
  type Intent,
} from '../intent';
import { auditSink } from './audit-sink';
import type { Message } from './inbox';
import type { Cause, Recorder } from './record';

/** Takes a message to its decision, if it leads to one, and says what the decision follows from. */
export function judge(
  intent: Intent,
  message: Message,
  refusal: Recorder['refusal'],
): { decision: Decision | undefined; cause: Cause } {
  const circumstances = { at: new Date().toISOString(), refusal };
  switch (message.from) {
    case 'signal': {
      const decision = receive(intent, message.payload, circumstances);
      const cause = refusal !== undefined || saysWhen(decision, circumstances.at) ? 'other' : 'signals';
      return { decision, cause };
    }
    case 'cancellation':
      return { decision: receiveCancellation(intent, circumstances), cause: 'other' };
    case 'graph-loaded': {
      const decision = receiveGraph(intent, message, circumstances);
      if (decision?.status === 'applied') auditSink().migrated(intent.graph);
      return { decision, cause: 'other' };
    }
    case 'graph':
      return {
        decision:
          'move' in message
            ? receiveMove(intent, message.move, circumstances)
            : receiveExpiry(intent, message.expired, circumstances),
        cause: 'other',
      };
  }
}

/**
 * Whether what is recorded holds the time of this workflow task. A second try of the task has another one. Of a transition
 * Postgres gives back the time that it stored first; that of a vote is told as it was decided, also by the move.
 */
function saysWhen(decision: Decision | undefined, at: string): boolean {
  return decision !== undefined && decision.status !== 'rejected' && decision.vote?.votedAt === at;
}
