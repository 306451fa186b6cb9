import { formatGraphReference } from '../graph';
import type { Intent } from './intent';
import type { Json, Metadata } from './metadata';

/** The one argument of every activity that a graph names, as plain JSON for workers in any language. */
export interface WorkOrder {
  intentId: string;
  organizationId: string;
  /** `name@version` */
  graph: string;
  /** State that names the activity. */
  state: string;
  /** The same for every try of this piece of work, and for no other: what the worker may key its effects by. */
  idempotencyKey: string;
  title?: string;
  metadata: Metadata;
  /** What earlier work gave, by its state. */
  results: Record<string, Json>;
}

/** An order of an intent, as it is now. `piece` tells it from the others of the same intent. */
export function orderOf(intent: Intent, state: string, piece: string): WorkOrder {
  const { id, organizationId, title, metadata, graph, results } = intent;
  return {
    intentId: id,
    organizationId,
    graph: formatGraphReference(graph),
    state,
    idempotencyKey: `${id}:${piece}`,
    ...(title !== undefined && { title }),
    metadata: metadata ?? {},
    results: results.toObject(),
  };
}
