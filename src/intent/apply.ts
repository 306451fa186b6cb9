import { approvalOf, undoOf, type Graph } from '../graph';
import type { DecidedTransition, DecidedVote, Decision } from './decision';
import type { Intent } from './intent';
import type { OpenVote } from './vote';

/**
 * Moves the intent as decided, and remembers the outcome. The only place where an intent changes.
 *
 * @param changed what a decision does not say: the vote that it opened, the graph that the intent follows from then on
 */
export function apply(
  intent: Intent,
  decision: Decision,
  changed: { opened?: OpenVote; graph?: Graph } = {},
): void {
  if (decision.status === 'applied') move(intent, decision, changed.graph);
  else if (decision.status === 'voted') count(intent, decision, changed.opened);
  else intent.rejections = decision.number;
  intent.outcomes.add(decision);
}

function move(
  intent: Intent,
  { kind, sequence, newState, metadata, actor, vote }: DecidedTransition,
  graph: Graph | undefined,
): void {
  if (kind === 'work' && metadata?.['result'] !== undefined) {
    intent.results.set(intent.state, metadata['result']);
  }
  if (vote !== undefined) intent.votes = vote.number;
  intent.sequence = sequence;
  if (kind === 'pause' || kind === 'resume') {
    intent.paused = kind === 'pause';
    return;
  }
  if (graph !== undefined) {
    intent.graph = graph;
    intent.graphSince = sequence;
    intent.undoable = intent.undoable.filter((state) => undoOf(graph, state) !== undefined);
    if (newState === intent.state) {
      // It stays where it is, and what happens there goes on, with the votes that this version asks for, too.
      intent.openVotes = intent.openVotes.filter(({ to, role }) =>
        approvalOf(graph, newState, to)?.roles.includes(role),
      );
      return;
    }
  }
  intent.state = newState;
  intent.entry = sequence;
  intent.enteredBy = actor;
  // They were for the stay that is over.
  intent.openVotes = [];
  if (undoOf(intent.graph, newState) !== undefined) {
    intent.undoable = [...intent.undoable.filter((state) => state !== newState), newState];
  }
}

function count(intent: Intent, { vote }: DecidedVote, opened: OpenVote | undefined): void {
  intent.votes = vote.number;
  intent.openVotes =
    opened === undefined
      ? intent.openVotes.filter(({ number }) => number !== vote.expires)
      : [...intent.openVotes, opened];
}
