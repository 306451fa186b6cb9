import { isTerminal } from '../graph';
import { apply } from './apply';
import { decide, type Verdict } from './decide';
import type { Decision } from './decision';
import { bounded } from './describe-issues';
import type { Intent } from './intent';
import { CANCELLATION_REQUEST_ID, CANCELLED_STATE, INVALID_REQUEST_ID_PREFIX } from './names';
import type { RejectionCode } from './rejection-codes';
import { parseRequest, type IntentRequest, type ParsedRequest } from './request';

export interface Circumstances {
  /** Time of the decision, ISO 8601, UTC. */
  at: string;
  /** Why the intent takes no requests right now, whatever they ask for. */
  refusal?: { code: RejectionCode; message: string } | undefined;
}

/**
 * Takes one signal's payload to its decision, and moves the intent. Never throws, whatever the payload is.
 *
 * @returns the decision to record, or `undefined` for a repeated request id, which keeps its first outcome
 */
export function receive(
  intent: Intent,
  payload: unknown,
  circumstances: Circumstances,
): Decision | undefined {
  intent.received += 1;
  return answer(
    intent,
    parseRequest(payload, `${INVALID_REQUEST_ID_PREFIX}${intent.received}`),
    circumstances,
  );
}

/**
 * The same for Temporal's own cancellation: a request to {@link CANCELLED_STATE}, judged like any other. Its id is
 * reserved, so no sender of signals can use it up.
 */
export function receiveCancellation(intent: Intent, circumstances: Circumstances): Decision | undefined {
  const request: IntentRequest = {
    kind: 'transition',
    requestId: CANCELLATION_REQUEST_ID,
    to: CANCELLED_STATE,
    actor: 'temporal',
    reason: 'The workflow was cancelled in Temporal.',
  };
  return answer(intent, { valid: true, requestId: request.requestId, request }, circumstances);
}

function answer(intent: Intent, parsed: ParsedRequest, { at, refusal }: Circumstances): Decision | undefined {
  if (intent.outcomes.has(parsed.requestId)) return undefined;

  let decision: Decision;
  if (!parsed.valid) {
    const verdict: Verdict = { status: 'rejected', code: 'INVALID_REQUEST', message: parsed.message };
    decision = toDecision(intent, { requestId: parsed.requestId }, verdict, at);
  } else {
    const verdict: Verdict =
      refusal === undefined ? judge(intent, parsed.request) : { status: 'rejected', ...refusal };
    decision = toDecision(intent, parsed.request, verdict, at);
  }
  apply(intent, decision);
  return decision;
}

function judge(intent: Intent, request: IntentRequest): Verdict {
  const verdict = decide(intent, request);
  // An intent with no room for memories may still end, so that it is never a dead end itself.
  if (verdict.status === 'applied' && intent.outcomes.full && !isTerminal(intent.graph, verdict.newState)) {
    return {
      status: 'rejected',
      code: 'LIMIT_REACHED',
      message: `The intent has made ${intent.sequence} transitions, as many as it can remember; it can only end.`,
    };
  }
  return verdict;
}

function toDecision(
  intent: Intent,
  request: { requestId: string } & Partial<IntentRequest>,
  verdict: Verdict,
  at: string,
): Decision {
  const { requestId, actor, reason, metadata } = request;
  const said = { ...(actor !== undefined && { actor }), ...(reason !== undefined && { reason }) };
  if (verdict.status === 'applied') {
    return {
      status: 'applied',
      sequence: intent.sequence + 1,
      requestId,
      previousState: intent.state,
      newState: verdict.newState,
      transitionedAt: request.occurredAt ?? at,
      ...said,
      ...(metadata !== undefined && { metadata }),
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
    ...(request.to !== undefined && { requestedState: request.to }),
    ...said,
  };
}
