import { CANCELLATION_REQUEST_ID, MOVE_KINDS, type MoveKind } from '../../../src/intent';
import type { DrivenIntent } from './trail';

/** What happened to driven intents. */
export interface DrivenReport {
  intents: number;
  children: number;
  /** Rows by their kind, creations left out; votes that were counted without moving anything, and those that expired. */
  moves: Record<Counted, number>;
  /** Kinds of which there was none. */
  absent: Counted[];
}

/** Nothing asks for a way out of a terminal state yet. */
type Counted = Exclude<MoveKind, 'reopen'> | 'vote' | 'expired vote' | 'cancellation in Temporal';

export function countMoves(intents: readonly DrivenIntent[]): DrivenReport {
  const kinds = Object.keys(MOVE_KINDS).filter((kind) => kind !== 'reopen') as Counted[];
  const counted: Counted[] = [...kinds, 'vote', 'expired vote', 'cancellation in Temporal'];
  const moves = Object.fromEntries(counted.map((kind) => [kind, 0])) as Record<Counted, number>;
  for (const intent of intents) {
    for (const { sequence, kind, requestId } of intent.moves) {
      if (sequence > 1 && kind !== 'reopen') moves[kind] += 1;
      if (requestId === CANCELLATION_REQUEST_ID && intent.parentId === null)
        moves['cancellation in Temporal'] += 1;
    }
    const moved = new Set(intent.moves.map(({ requestId }) => requestId));
    for (const { kind, requestId } of intent.votes) {
      if (kind === 'expired') moves['expired vote'] += 1;
      else if (!moved.has(requestId)) moves.vote += 1;
    }
  }
  return {
    intents: intents.filter(({ parentId }) => parentId === null).length,
    children: intents.filter(({ parentId }) => parentId !== null).length,
    moves,
    absent: counted.filter((kind) => moves[kind] === 0),
  };
}
