import { z } from 'zod';

import { graphReferenceSchema } from '../graph';
import { GRAPH_LIMITS } from '../graph/limits';
import { bounded, describeIssues } from './describe-issues';
import { LIMITS } from './limits';
import { metadataSchema } from './metadata';
import { isReservedRequestId } from './names';
import { occurredAtSchema } from './occurred-at';
import { jsonBytes, storableText } from './text';

const requestId = storableText(LIMITS.requestIdLength).refine((id) => !isReservedRequestId(id), {
  error: 'is one that the engine itself gives; choose another, a UUID say',
});

const stateName = storableText(LIMITS.stateNameLength);
const actor = storableText(LIMITS.actorLength);
const reason = storableText(LIMITS.reasonLength);

/** What every request may say. `expectedState` and `expectedSequence` make it conditional. */
const said = {
  expectedState: stateName.optional(),
  /** Of the last audit row that its sender knows. */
  expectedSequence: z.int().min(1).max(LIMITS.sequence).optional(),
  actor: actor.optional(),
  reason: reason.optional(),
  metadata: metadataSchema.optional(),
};

/**
 * A request to move an intent along one edge of its graph. `kind` may be left out.
 *
 * `occurredAt` is for imports, where the transition happened long ago.
 */
export const transitionRequestSchema = z.strictObject({
  kind: z.literal('transition').default('transition'),
  requestId,
  to: stateName,
  ...said,
  occurredAt: occurredAtSchema.optional(),
});

/**
 * A request to cancel an intent, from whatever state it is in.
 *
 * @public The frozen messages read it.
 */
export const cancelRequestSchema = z.strictObject({ kind: z.literal('cancel'), requestId, ...said });

/**
 * A request to stop the clocks of an intent's deadlines.
 *
 * @public The frozen messages read it.
 */
export const pauseRequestSchema = z.strictObject({ kind: z.literal('pause'), requestId, ...said });

/**
 * A request to let the clocks go on.
 *
 * @public The frozen messages read it.
 */
export const resumeRequestSchema = z.strictObject({ kind: z.literal('resume'), requestId, ...said });

/**
 * A vote for one edge of the graph. Who sends it vouches for the actor and the role.
 *
 * `occurredAt` is for imports, where it was cast long ago.
 *
 * @public The frozen messages read it.
 */
export const approveRequestSchema = z.strictObject({
  kind: z.literal('approve'),
  requestId,
  to: stateName,
  ...said,
  actor,
  role: storableText(GRAPH_LIMITS.roleLength),
  /** For whom the actor votes, where the graph allows it. */
  onBehalfOf: actor.optional(),
  occurredAt: occurredAtSchema.optional(),
});

/**
 * An operator's request to move an intent to any state of its graph. Who sends it vouches for the scope.
 *
 * @public The frozen messages read it.
 */
export const forceRequestSchema = z.strictObject({
  kind: z.literal('force'),
  requestId,
  to: stateName,
  ...said,
  actor,
  reason,
  scope: storableText(LIMITS.actorLength),
  /** Whether an intent that has ended may be taken up again. */
  reopen: z.boolean().optional(),
});

const stateMap = z.record(stateName, stateName).refine((map) => jsonBytes(map) <= LIMITS.stateMapBytes, {
  error: `must be at most ${LIMITS.stateMapBytes} bytes as JSON`,
});

/**
 * A request to follow another version of the intent's graph. `map` says where an intent goes on whose state that version
 * lacks: `{ OLD: 'NEW' }`.
 *
 * @public The frozen messages read it.
 */
export const migrateRequestSchema = z.strictObject({
  kind: z.literal('migrate'),
  requestId,
  graph: graphReferenceSchema.refine((text) => text.includes('@'), {
    error: 'must name a version, as ticket@2 does',
  }),
  map: stateMap.optional(),
  ...said,
});

/** By `kind`. */
export const REQUEST_SCHEMAS = {
  transition: transitionRequestSchema,
  cancel: cancelRequestSchema,
  pause: pauseRequestSchema,
  resume: resumeRequestSchema,
  force: forceRequestSchema,
  approve: approveRequestSchema,
  migrate: migrateRequestSchema,
} as const;

/**
 * Every request that the signal may carry, told apart by `kind`.
 *
 * @public The frozen messages read it.
 */
export const requestSchema = z.union(Object.values(REQUEST_SCHEMAS));

/** A transition as apps of any language write it. */
export type TransitionRequestInput = z.input<typeof transitionRequestSchema>;

/** What travels in the signal, as apps of any language write it. */
export type IntentRequestInput = z.input<typeof requestSchema>;

export type TransitionRequest = z.output<typeof transitionRequestSchema>;
export type CancelRequest = z.output<typeof cancelRequestSchema>;
export type PauseRequest = z.output<typeof pauseRequestSchema>;
export type ResumeRequest = z.output<typeof resumeRequestSchema>;
export type ApproveRequest = z.output<typeof approveRequestSchema>;
export type ForceRequest = z.output<typeof forceRequestSchema>;
export type MigrateRequest = z.output<typeof migrateRequestSchema>;

/** What a guard may know of a request. */
export type GuardedRequest = Pick<TransitionRequest, 'to' | 'actor' | 'reason' | 'metadata'>;

/** A request of any kind, as it is judged. */
export type IntentRequest = z.output<typeof requestSchema>;

/** Whether a request may move an intent that has ended. */
export function reopens(request: { kind: string; reopen?: boolean | undefined }): boolean {
  return request.kind === 'force' && request.reopen === true;
}

export type ParsedRequest =
  | { valid: true; requestId: string; request: IntentRequest }
  | { valid: false; requestId: string; message: string };

const UNREADABLE = '__unreadable__';

/** Stands in for a payload that could not be read, with the reason; it becomes an `INVALID_REQUEST` outcome. */
export function unreadable(reason: string): unknown {
  return { [UNREADABLE]: reason };
}

/** Why a payload could not be read, where {@link unreadable} stands in for it. */
export function unreadableReason(payload: unknown): string | undefined {
  const reason = (payload as { [UNREADABLE]?: unknown } | null | undefined)?.[UNREADABLE];
  return typeof reason === 'string' ? reason : undefined;
}

/**
 * Reads a signal's payload, which anybody may have sent: never throws.
 *
 * @param fallbackRequestId key of the outcome when the payload has no usable request id of its own
 */
export function parseRequest(payload: unknown, fallbackRequestId: string): ParsedRequest {
  const reason = unreadableReason(payload);
  if (reason !== undefined) return { valid: false, requestId: fallbackRequestId, message: bounded(reason) };
  const kind = (payload as { kind?: unknown } | null | undefined)?.kind ?? 'transition';
  if (!isRequestKind(kind)) {
    const known = Object.keys(REQUEST_SCHEMAS).join(', ');
    return invalid(payload, fallbackRequestId, `kind: is not known; known kinds: ${known}`);
  }
  const result = REQUEST_SCHEMAS[kind].safeParse(payload);
  if (result.success) return { valid: true, requestId: result.data.requestId, request: result.data };
  return invalid(payload, fallbackRequestId, describeIssues(result.error));
}

function isRequestKind(kind: unknown): kind is keyof typeof REQUEST_SCHEMAS {
  return typeof kind === 'string' && Object.hasOwn(REQUEST_SCHEMAS, kind);
}

function invalid(payload: unknown, fallbackRequestId: string, message: string): ParsedRequest {
  const own = requestId.safeParse((payload as { requestId?: unknown } | null | undefined)?.requestId);
  return { valid: false, requestId: own.success ? own.data : fallbackRequestId, message };
}
