import { z } from 'zod';

import { bounded, describeIssues } from './describe-issues';
import { LIMITS } from './limits';
import { metadataSchema } from './metadata';
import { isReservedRequestId } from './names';
import { occurredAtSchema } from './occurred-at';
import { storableText } from './text';

const requestId = storableText(LIMITS.requestIdLength).refine((id) => !isReservedRequestId(id), {
  error: 'is one that the engine itself gives; choose another, a UUID say',
});

/**
 * A request to move an intent along one edge of its graph. `kind` may be left out.
 *
 * `expectedState` makes it conditional; `occurredAt` is for imports, where the transition happened long ago.
 */
export const transitionRequestSchema = z.strictObject({
  kind: z.literal('transition').default('transition'),
  requestId,
  to: storableText(LIMITS.stateNameLength),
  expectedState: storableText(LIMITS.stateNameLength).optional(),
  actor: storableText(LIMITS.actorLength).optional(),
  reason: storableText(LIMITS.reasonLength).optional(),
  metadata: metadataSchema.optional(),
  occurredAt: occurredAtSchema.optional(),
});

/** What travels in the signal, as apps of any language write it. */
export type TransitionRequestInput = z.input<typeof transitionRequestSchema>;

/** A request of any kind, as it is judged. */
export type IntentRequest = z.output<typeof transitionRequestSchema>;

export type ParsedRequest =
  | { valid: true; requestId: string; request: IntentRequest }
  | { valid: false; requestId: string; message: string };

const UNREADABLE = '__unreadable__';

/** Stands in for a payload that could not be read, with the reason; it becomes an `INVALID_REQUEST` outcome. */
export function unreadable(reason: string): unknown {
  return { [UNREADABLE]: reason };
}

/**
 * Reads a signal's payload, which anybody may have sent: never throws.
 *
 * @param fallbackRequestId key of the outcome when the payload has no usable request id of its own
 */
export function parseRequest(payload: unknown, fallbackRequestId: string): ParsedRequest {
  const reason = (payload as { [UNREADABLE]?: unknown } | null | undefined)?.[UNREADABLE];
  if (typeof reason === 'string')
    return { valid: false, requestId: fallbackRequestId, message: bounded(reason) };
  const kind = (payload as { kind?: unknown } | null | undefined)?.kind;
  if (kind !== undefined && kind !== 'transition') {
    return invalid(payload, fallbackRequestId, `kind: is not known; known kinds: transition`);
  }
  const result = transitionRequestSchema.safeParse(payload);
  if (result.success) return { valid: true, requestId: result.data.requestId, request: result.data };
  return invalid(payload, fallbackRequestId, describeIssues(result.error));
}

function invalid(payload: unknown, fallbackRequestId: string, message: string): ParsedRequest {
  const own = requestId.safeParse((payload as { requestId?: unknown } | null | undefined)?.requestId);
  return { valid: false, requestId: own.success ? own.data : fallbackRequestId, message };
}
