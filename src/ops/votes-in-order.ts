import type { DecidedTransition, Decision, Vote } from '../intent';

/**
 * Decisions in which votes stand where the rules take them: behind the row that began their stay, before the one that
 * ended it.
 */
export function votesInOrder(transitions: readonly DecidedTransition[], votes: readonly Vote[]): Decision[] {
  const waiting = votes.map((vote): Decision & { vote: Vote } => ({
    status: 'voted',
    requestId: vote.requestId,
    vote,
  }));
  const decisions: Decision[] = [];
  for (const transition of transitions) {
    while (waiting[0] !== undefined && waiting[0].vote.entry < transition.sequence) {
      decisions.push(...waiting.splice(0, 1));
    }
    decisions.push(transition);
  }
  return [...decisions, ...waiting];
}
