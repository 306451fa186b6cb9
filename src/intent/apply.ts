import { undoOf, type Graph } from '../graph';
import type { DecidedTransition, Decision } from './decision';
import type { Intent } from './intent';

/**
 * Moves the intent as decided, and remembers the outcome. The only place where an intent changes.
 *
 * @param graph which it follows from then on, where that changes
 */
export function apply(intent: Intent, decision: Decision, graph: Graph | undefined): void {
  if (decision.status === 'applied') move(intent, decision, graph);
  else intent.rejections = decision.number;
  intent.outcomes.add(decision);
}

function move(
  intent: Intent,
  { kind, sequence, newState, metadata }: DecidedTransition,
  graph: Graph | undefined,
): void {
  if (kind === 'work' && metadata?.['result'] !== undefined) {
    intent.results.set(intent.state, metadata['result']);
  }
  intent.sequence = sequence;
  if (kind === 'pause' || kind === 'resume') {
    intent.paused = kind === 'pause';
    return;
  }
  if (graph !== undefined) {
    intent.graph = graph;
    intent.graphSince = sequence;
    intent.undoable = intent.undoable.filter((state) => undoOf(graph, state) !== undefined);
    // It stays where it is, and what happens there goes on.
    if (newState === intent.state) return;
  }
  intent.state = newState;
  intent.entry = sequence;
  if (undoOf(intent.graph, newState) !== undefined) {
    intent.undoable = [...intent.undoable.filter((state) => state !== newState), newState];
  }
}
