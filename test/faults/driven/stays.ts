import type { DrivenIntent, Move } from './trail';

/** A stay in a state: from the row that led into it to the one that leads out. */
export interface Stay {
  /** Sequence of the row that began it. */
  entry: number;
  state: string;
  /** The row that led out; absent in the last one. */
  left?: Move;
}

/** Whether an intent is where it was after a row: with stopped clocks, say, or by another version of its graph. */
export function staysWhereItWas({ kind, previousState, newState }: Move): boolean {
  return kind === 'pause' || kind === 'resume' || (kind === 'migration' && newState === previousState);
}

/** The stays of an intent, oldest first. */
export function staysOf({ moves }: Pick<DrivenIntent, 'moves'>): Stay[] {
  const stays: Stay[] = [];
  for (const move of moves) {
    if (staysWhereItWas(move)) continue;
    const before = stays.at(-1);
    if (before !== undefined) before.left = move;
    stays.push({ entry: move.sequence, state: move.newState });
  }
  return stays;
}
