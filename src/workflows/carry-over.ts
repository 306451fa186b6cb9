import type { Graph } from '../graph';
import { RememberedOutcomes, type CarriedOutcomes, type Decision, type Intent } from '../intent';
import type { Recorded } from './record';

/** An intent between two runs: the second argument of the workflow. Plain JSON, versioned like a message. */
export interface CarriedIntent {
  version: 1;
  title?: string;
  organizationId: string;
  graph: Graph;
  state: string;
  sequence: number;
  rejections: number;
  received: number;
  outcomes: CarriedOutcomes;
  recorded: Recorded;
  /** Decided, but not known to be in Postgres. */
  unrecorded: Decision[];
}

/** Packs all that the next run must know. */
export function carryOver(intent: Intent, recorded: Recorded, unrecorded: Decision[]): CarriedIntent {
  const { organizationId, title, graph, state, sequence, rejections, received, outcomes } = intent;
  return {
    version: 1,
    ...(title !== undefined && { title }),
    organizationId,
    graph,
    state,
    sequence,
    rejections,
    received,
    outcomes: outcomes.toCarried(),
    recorded,
    unrecorded,
  };
}

/** The opposite of {@link carryOver}. */
export function restore(id: string, carried: CarriedIntent): Intent {
  const { organizationId, title, graph, state, sequence, rejections, received, outcomes } = carried;
  return {
    id,
    organizationId,
    title,
    graph,
    state,
    sequence,
    rejections,
    received,
    outcomes: RememberedOutcomes.fromCarried(outcomes),
  };
}
