import { isTerminal } from '../graph';
import { apply } from './apply';
import { cancellationTarget } from './cancellation-target';
import { decide } from './decide';
import { metadataWithVotes, toExpiry, toVote } from './counted-vote';
import { decideMigration, type LoadedGraph } from './decide-migration';
import type { Decision } from './decision';
import { bounded } from './describe-issues';
import { requestIdOf, type EngineMove } from './engine-move';
import type { Intent } from './intent';
import type { Metadata } from './metadata';
import { CANCELLATION_REQUEST_ID, INVALID_REQUEST_ID_PREFIX } from './names';
import type { RejectionCode } from './rejection-codes';
import { parseRequest, type CancelRequest, type ParsedRequest } from './request';
import { reject, type Verdict } from './verdict';

export interface Circumstances {
  /** Time of the decision, ISO 8601, UTC. */
  at: string;
  /** Why the intent takes no requests right now, whatever they ask for. */
  refusal?: { code: RejectionCode; message: string } | undefined;
}

/**
 * Takes one signal's payload to its decision, and moves the intent. Never throws, whatever the payload is.
 *
 * @returns the decision to record, or `undefined` for a repeated request id, which keeps its first outcome, and for a
 *   request to migrate that can't be judged yet: then the intent has it as `migration`
 */
export function receive(
  intent: Intent,
  payload: unknown,
  circumstances: Circumstances,
): Decision | undefined {
  intent.received += 1;
  const parsed = parseRequest(payload, `${INVALID_REQUEST_ID_PREFIX}${intent.received}`);
  return answer(intent, parsed, circumstances);
}

/**
 * The same for Temporal's own cancellation, a request to cancel like any other. Its id is reserved, so no sender of
 * signals can use it up.
 */
export function receiveCancellation(intent: Intent, circumstances: Circumstances): Decision | undefined {
  const request: CancelRequest = {
    kind: 'cancel',
    requestId: CANCELLATION_REQUEST_ID,
    actor: 'temporal',
    reason: 'The workflow was cancelled in Temporal.',
  };
  return answer(intent, { valid: true, requestId: request.requestId, request }, circumstances);
}

/**
 * The same for a move that follows from the graph. It is no request, so nothing refuses it but a full memory; guards and
 * votes are for people.
 *
 * @returns `undefined` when the intent has left the state since
 */
export function receiveMove(
  intent: Intent,
  move: EngineMove,
  { at }: Pick<Circumstances, 'at'>,
): Decision | undefined {
  if (move.entry !== intent.entry || isTerminal(intent.graph, intent.state)) return undefined;
  const requestId = requestIdOf(move);
  if (intent.outcomes.has(requestId)) return undefined;
  const target = cancellationTarget(intent, move.to);
  const kind = target === move.to ? move.kind : 'cancellation';
  const verdict = unlessFull(intent, { status: 'applied', newState: target, kind });
  const { to, reason, metadata } = move;
  return settle(intent, { requestId, to, reason, metadata }, verdict, at);
}

/**
 * The same for a vote whose time is over: it no longer counts. It is no request either, so nothing refuses it.
 *
 * @returns `undefined` when it counts no longer anyway
 */
export function receiveExpiry(
  intent: Intent,
  number: number,
  { at }: Pick<Circumstances, 'at'>,
): Decision | undefined {
  const vote = intent.openVotes.find((open) => open.number === number);
  if (vote === undefined) return undefined;
  const decision = toExpiry(intent, vote, at);
  apply(intent, decision);
  return decision;
}

/**
 * The same for a request to migrate, once the graph is there that it waits for. It is judged by how the intent is then.
 *
 * @returns `undefined` when no such request waits
 */
export function receiveGraph(
  intent: Intent,
  { requestId, loaded }: { requestId: string; loaded: LoadedGraph },
  { at, refusal }: Circumstances,
): Decision | undefined {
  const { migration: request } = intent;
  if (request?.requestId !== requestId) return undefined;
  intent.migration = undefined;
  const verdict =
    refusal === undefined
      ? unlessFull(intent, decideMigration(intent, request, loaded))
      : reject(refusal.code, refusal.message);
  return settle(intent, request, verdict, at);
}

function answer(intent: Intent, parsed: ParsedRequest, { at, refusal }: Circumstances): Decision | undefined {
  const { requestId } = parsed;
  if (intent.outcomes.has(requestId) || intent.migration?.requestId === requestId) return undefined;
  if (!parsed.valid) {
    return settle(intent, { requestId }, reject('INVALID_REQUEST', parsed.message), at);
  }
  const { request } = parsed;
  const verdict = refusal === undefined ? decide(intent, request, at) : reject(refusal.code, refusal.message);
  if (verdict.status === 'deferred') {
    intent.migration = verdict.request;
    return undefined;
  }
  return settle(intent, request, unlessFull(intent, verdict), at);
}

/** An intent with no room for memories may still end, so that it is never a dead end itself. */
function unlessFull(intent: Intent, verdict: Verdict): Verdict {
  if (verdict.status !== 'applied' || !intent.outcomes.full) return verdict;
  if (isTerminal(intent.graph, verdict.newState)) return verdict;
  return reject(
    'LIMIT_REACHED',
    `The intent has made ${intent.sequence} transitions, as many as it can remember; it can only end.`,
  );
}

/** What a decision keeps of what led to it. */
interface Said {
  requestId: string;
  to?: string | undefined;
  actor?: string | undefined;
  reason?: string | undefined;
  metadata?: Metadata | undefined;
  occurredAt?: string | undefined;
}

function settle(intent: Intent, said: Said, verdict: Verdict, at: string): Decision {
  const decision = toDecision(intent, said, verdict, at);
  apply(intent, decision, {
    ...(verdict.status === 'voted' && { opened: verdict.vote }),
    ...(verdict.status === 'applied' && verdict.graph !== undefined && { graph: verdict.graph }),
  });
  return decision;
}

function toDecision(intent: Intent, said: Said, verdict: Verdict, at: string): Decision {
  const { requestId, to, actor, reason, metadata, occurredAt } = said;
  if (verdict.status === 'voted') {
    return { status: 'voted', requestId, vote: toVote(intent, said, verdict) };
  }
  const kept = { ...(actor !== undefined && { actor }), ...(reason !== undefined && { reason }) };
  if (verdict.status === 'applied') {
    const { completedBy } = verdict;
    const attached = completedBy === undefined ? metadata : metadataWithVotes(metadata, completedBy);
    return {
      status: 'applied',
      ...(verdict.kind !== undefined && { kind: verdict.kind }),
      sequence: intent.sequence + 1,
      requestId,
      previousState: intent.state,
      newState: verdict.newState,
      transitionedAt: occurredAt ?? at,
      graphVersion: (verdict.graph ?? intent.graph).version,
      ...kept,
      ...(attached !== undefined && { metadata: attached }),
      ...(completedBy !== undefined && { vote: toVote(intent, said, completedBy) }),
    };
  }
  return {
    status: 'rejected',
    number: intent.rejections + 1,
    requestId,
    code: verdict.code,
    message: bounded(verdict.message),
    state: intent.state,
    rejectedAt: at,
    ...(to !== undefined && { requestedState: to }),
    ...kept,
  };
}
