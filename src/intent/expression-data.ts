import type { DecidingIntent } from './deciding-intent';
import type { Json } from './metadata';
import type { GuardedRequest } from './request';

/** What a condition of a graph may ask for. */
export interface ExpressionData {
  metadata: Record<string, Json>;
  results: Record<string, Json>;
  intent: Record<string, Json>;
  request?: Record<string, Json>;
}

/** Only what there is: a condition that asks for something else is told what is missing. */
export function expressionData(intent: DecidingIntent, request?: GuardedRequest): ExpressionData {
  const { id, organizationId, title, createdBy, state, sequence, metadata, results } = intent;
  return {
    metadata: metadata ?? {},
    results: results.toObject(),
    intent: given({ id, organizationId, title, createdBy, state, sequence }),
    ...(request !== undefined && {
      request: given({
        actor: request.actor,
        reason: request.reason,
        metadata: request.metadata,
        to: request.to,
      }),
    }),
  };
}

function given(values: Record<string, Json | undefined>): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  );
}
