import type { Decision } from './decision';
import type { Intent } from './intent';

/** Moves the intent as decided, and remembers the outcome. The only place where an intent changes. */
export function apply(intent: Intent, decision: Decision): void {
  if (decision.status === 'applied') {
    intent.state = decision.newState;
    intent.sequence = decision.sequence;
  } else {
    intent.rejections = decision.number;
  }
  intent.outcomes.add(decision);
}
