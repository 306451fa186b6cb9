import type { Metadata } from './metadata';
import type { MoveKind } from './move-kinds';
import { ENGINE_REQUEST_ID_PREFIX } from './names';

/** A move that follows from what the graph says of a state: its work ended, its time was over. */
export interface EngineMove {
  kind: Extract<MoveKind, 'work' | 'children' | 'deadline' | 'undo'>;
  /** Of the stay in the state that it follows from; when the intent has left since, it is void. */
  entry: number;
  to: string;
  reason?: string;
  metadata?: Metadata;
}

/** Key of its outcome. A stay in a state ends once, so there is at most one of them for each. */
export function requestIdOf({ kind, entry }: EngineMove): string {
  return `${ENGINE_REQUEST_ID_PREFIX}${kind}:${entry}`;
}
