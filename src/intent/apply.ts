import { undoOf } from '../graph';
import type { DecidedTransition, Decision } from './decision';
import type { Intent } from './intent';

/** Moves the intent as decided, and remembers the outcome. The only place where an intent changes. */
export function apply(intent: Intent, decision: Decision): void {
  if (decision.status === 'applied') move(intent, decision);
  else intent.rejections = decision.number;
  intent.outcomes.add(decision);
}

function move(intent: Intent, { kind, sequence, newState, metadata }: DecidedTransition): void {
  if (kind === 'work' && metadata?.['result'] !== undefined) {
    intent.results.set(intent.state, metadata['result']);
  }
  intent.sequence = sequence;
  if (kind === 'pause' || kind === 'resume') {
    intent.paused = kind === 'pause';
    return;
  }
  intent.state = newState;
  intent.entry = sequence;
  if (undoOf(intent.graph, newState) !== undefined) {
    intent.undoable = [...intent.undoable.filter((state) => state !== newState), newState];
  }
}
