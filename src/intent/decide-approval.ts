import { addDuration, approvalOf, type ApprovalRule } from '../graph';
import { cancellationTarget } from './cancellation-target';
import { checkEdge } from './check-edge';
import type { DecidingIntent } from './deciding-intent';
import { LIMITS } from './limits';
import { refusingGuard } from './refusing-guard';
import type { ApproveRequest } from './request';
import { jsonBytes } from './text';
import { reject, type Verdict } from './verdict';
import type { OpenVote } from './vote';

/**
 * Judges a vote for an edge. The one that completes what the edge needs moves the intent; the others are counted while it
 * stays in its state.
 *
 * @param at time of the decision, ISO 8601, UTC: a vote that expires does so counted from then
 */
export function decideApproval(intent: DecidingIntent, request: ApproveRequest, at: string): Verdict {
  const refused = checkEdge(intent, request);
  if (refused !== undefined) return refused;
  const { graph, state, openVotes } = intent;
  const rule = approvalOf(graph, state, request.to);
  if (rule === undefined) {
    return reject(
      'VOTE_REFUSED',
      `${state} leads to ${request.to} without votes; request the transition itself.`,
    );
  }
  const why = whyRefused(intent, rule, request);
  if (why !== undefined) return reject('VOTE_REFUSED', why);

  const counted = votesFor(openVotes, request.to);
  const vote = toOpenVote(intent, rule, request, at);
  const votes = counted.length + 1;
  const needed = rule.count;
  const tooMany = unlessFew(openVotes, vote);
  if (tooMany !== undefined) return tooMany;
  if (votes < needed) return { status: 'voted', vote, votes, needed };
  const guard = refusingGuard(intent, request);
  if (guard !== undefined) return reject('GUARD_REFUSED', guard);
  const newState = cancellationTarget(intent, request.to);
  const kind = newState === request.to ? 'approval' : 'cancellation';
  return { status: 'applied', newState, kind, completedBy: { vote, counted, votes, needed } };
}

/** Says what a transition along an edge lacks; nothing where the edge needs no votes. */
export function missingVotes({ graph, state, openVotes }: DecidingIntent, to: string): string | undefined {
  const rule = approvalOf(graph, state, to);
  if (rule === undefined) return undefined;
  const counted = votesFor(openVotes, to);
  const missing = rule.count - counted.length;
  return `${state} leads to ${to} by votes: ${missing} of ${rule.count} missing, ${by(rolesLeft(rule, counted))}. Send requests of the kind \`approve\`.`;
}

/** Roles whose vote would count. */
export function rolesLeft(rule: ApprovalRule, counted: readonly OpenVote[]): string[] {
  const { roles, distinctRoles } = rule;
  return roles.filter((role) => distinctRoles !== true || !counted.some((vote) => vote.role === role));
}

/** Those of the votes that are for this edge. */
export function votesFor(openVotes: readonly OpenVote[], to: string): OpenVote[] {
  return openVotes.filter((vote) => vote.to === to);
}

function whyRefused(
  { state, createdBy, enteredBy, openVotes }: DecidingIntent,
  rule: ApprovalRule,
  { to, actor, role, onBehalfOf, reason }: ApproveRequest,
): string | undefined {
  const edge = `${state} → ${to}`;
  if (!rule.roles.includes(role)) return `${edge} is voted on ${by(rule.roles)}, not by ${role}.`;
  if (onBehalfOf !== undefined && rule.delegation !== true) {
    return `${edge} takes no votes on behalf of somebody else.`;
  }
  if (rule.reason === true && reason === undefined) return `${edge} takes votes with a reason only.`;
  const names = [actor, ...(onBehalfOf === undefined ? [] : [onBehalfOf])];
  if (rule.selfApproval !== true) {
    const own = names.find((name) => name === createdBy || name === enteredBy);
    if (own !== undefined) {
      const did = own === createdBy ? 'created the intent' : `brought the intent to ${state}`;
      return `${own} ${did}, so somebody else has to approve.`;
    }
  }
  const counted = votesFor(openVotes, to);
  const twice = names.find((name) => counted.some((vote) => vote.actor === name || vote.onBehalfOf === name));
  if (twice !== undefined) return `${twice} has voted for ${edge} already.`;
  if (!rolesLeft(rule, counted).includes(role))
    return `${role} has voted for ${edge} already; each role counts once.`;
  return undefined;
}

function toOpenVote(
  { votes }: DecidingIntent,
  rule: ApprovalRule,
  { to, actor, role, onBehalfOf, reason, requestId, occurredAt }: ApproveRequest,
  at: string,
): OpenVote {
  return {
    number: votes + 1,
    to,
    actor,
    role,
    ...(onBehalfOf !== undefined && { onBehalfOf }),
    ...(reason !== undefined && { reason: shortened(reason) }),
    votedAt: occurredAt ?? at,
    requestId,
    ...(rule.expireAfter !== undefined && { expiresAt: addDuration(at, rule.expireAfter) }),
  };
}

/** They travel through continue-as-new, and into the metadata of the transition. */
function unlessFew(openVotes: readonly OpenVote[], vote: OpenVote): Verdict | undefined {
  if (openVotes.length >= LIMITS.votes) {
    return reject(
      'LIMIT_REACHED',
      `${LIMITS.votes} votes are open in this state, as many as an intent counts.`,
    );
  }
  const bytes = jsonBytes([...openVotes, vote]);
  if (bytes <= LIMITS.votesBytes) return undefined;
  return reject('LIMIT_REACHED', `The open votes would take ${bytes} bytes, more than ${LIMITS.votesBytes}.`);
}

/** Not in the middle of a character that takes two code units. */
function shortened(reason: string): string {
  return reason.slice(0, LIMITS.shownVoteReasonLength).toWellFormed();
}

function by(roles: readonly string[]): string {
  return `by ${roles.join(', ')}`;
}
