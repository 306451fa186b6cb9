import { undoOf } from '../graph';
import type { DecidedTransition, DecidedVote, Decision } from './decision';
import type { Intent } from './intent';
import type { OpenVote } from './vote';

/**
 * Moves the intent as decided, and remembers the outcome. The only place where an intent changes.
 *
 * @param opened by a vote that was cast and moves nothing
 */
export function apply(intent: Intent, decision: Decision, opened?: OpenVote): void {
  if (decision.status === 'applied') move(intent, decision);
  else if (decision.status === 'voted') count(intent, decision, opened);
  else intent.rejections = decision.number;
  intent.outcomes.add(decision);
}

function move(intent: Intent, { kind, sequence, newState, metadata, actor, vote }: DecidedTransition): void {
  if (kind === 'work' && metadata?.['result'] !== undefined) {
    intent.results.set(intent.state, metadata['result']);
  }
  if (vote !== undefined) intent.votes = vote.number;
  intent.sequence = sequence;
  if (kind === 'pause' || kind === 'resume') {
    intent.paused = kind === 'pause';
    return;
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
