import type { Graph } from '../graph';
import type { Metadata } from './metadata';
import type { RememberedOutcomes } from './remembered-outcomes';
import type { MigrateRequest } from './request';
import type { OpenVote } from './vote';
import type { WorkResults } from './work-results';

/**
 * An intent as its workflow holds it: all that {@link decide} judges by, and what it must not forget.
 */
export interface Intent {
  readonly id: string;
  readonly organizationId: string;
  readonly title: string | undefined;
  readonly metadata: Metadata | undefined;
  readonly createdBy: string | undefined;
  /** How many intents up its line of parents has; 0 without one. */
  readonly generation: number;
  /** The snapshot that it follows: of its creation, or of its last migration. A newer registered version does not touch it. */
  graph: Graph;
  /** Sequence of the row since which it follows that. */
  graphSince: number;
  /** Waits for the version of the graph that it names. */
  migration: MigrateRequest | undefined;
  state: string;
  /** Transitions decided so far, the creation included. */
  sequence: number;
  /** Sequence of the transition that led into the state: tells one stay in a state from the next. */
  entry: number;
  /** Actor of that transition, where it named one. */
  enteredBy: string | undefined;
  /** Whether the clocks of its deadlines stand still. */
  paused: boolean;
  /** Rejections decided so far. */
  rejections: number;
  /** Votes decided so far, those that say that one no longer counts included. */
  votes: number;
  /** Those that count in this stay, the oldest first. */
  openVotes: readonly OpenVote[];
  /** Signals received so far, malformed ones included. */
  received: number;
  readonly outcomes: RememberedOutcomes;
  /** What the work of its states gave. */
  readonly results: WorkResults;
  /** States that it has been in and that have an undo, in the order of their last entry. */
  undoable: string[];
}
