import type { Graph } from '../graph';
import type { RememberedOutcomes } from './remembered-outcomes';

/**
 * An intent as its workflow holds it: all that {@link decide} judges by, and what it must not forget.
 */
export interface Intent {
  readonly id: string;
  readonly organizationId: string;
  readonly title: string | undefined;
  /** The snapshot that the intent was created with; a newer registered version does not touch it. */
  readonly graph: Graph;
  state: string;
  /** Transitions decided so far, the creation included. */
  sequence: number;
  /** Rejections decided so far. */
  rejections: number;
  /** Signals received so far, malformed ones included. */
  received: number;
  readonly outcomes: RememberedOutcomes;
}
