import type { IntentEvent } from './read-events';

/** An event as apps are told of it, on a stream or by a webhook; to be written as JSON, which makes its times ISO 8601. */
export function eventData({ intentId, kind, transition, vote }: IntentEvent): Record<string, unknown> {
  return kind === 'transition' ? { type: kind, intentId, transition } : { type: kind, intentId, vote };
}
