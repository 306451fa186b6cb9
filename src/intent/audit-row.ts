import type { Metadata } from './metadata';
import type { MoveKind } from './move-kinds';

/** A row of `workflow_transition_audit`. */
export interface AuditRow {
  sequence: number;
  requestId: string;
  /** `null` for the creation. */
  previousState: string | null;
  newState: string;
  reason: string | null;
  actor: string | null;
  metadata: Metadata | null;
  /** When it was decided, or happened, if imported. */
  transitionedAt: Date;
  /** What moved the intent. */
  kind: MoveKind;
  /** Version of its graph after the move; `null` in rows that were written before it was kept. */
  graphVersion: number | null;
  /** When the row was inserted. */
  createdAt: Date;
  hash: string;
}
