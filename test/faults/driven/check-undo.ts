import { undoOf } from '../../../src/graph';
import { CANCELLED_STATE } from '../../../src/intent';
import { versionOf } from './graphs';
import { staysWhereItWas } from './stays';
import type { DrivenIntent, Move } from './trail';

/**
 * What is wrong with what was undone: each state that has an undo once for the last time that it was entered, the last
 * entered first, and all of them before the intent ends by it.
 */
export function checkUndo({ id, moves }: DrivenIntent): string[] {
  const problems: string[] = [];
  let open: string[] = [];
  /** Some of them may have been undone in a stay that was left before it could say so. */
  let vague = false;
  for (const move of moves) {
    const { sequence, kind, previousState, newState, graphVersion } = move;
    const graph = versionOf(graphVersion);
    if (kind === 'undo') {
      const undone = undoneBy(move);
      for (const state of undone) {
        while (vague && open.length > 0 && open.at(-1) !== state) open.pop();
        const last = open.pop();
        if (last !== state) problems.push(`intent ${id}, row ${sequence}: ${state} was undone, not ${last}`);
      }
    } else if (previousState === graph.cancellation?.through && !staysWhereItWas(move)) vague = true;
    const ends = newState === CANCELLED_STATE && (kind === 'undo' || kind === 'cancellation');
    if (ends && open.length > 0 && !vague) {
      problems.push(`intent ${id}, row ${sequence}: ${open.join(', ')} was not undone`);
    }
    if (!staysWhereItWas(move) && undoOf(graph, newState) !== undefined) {
      open = [...open.filter((state) => state !== newState), newState];
    }
  }
  return problems;
}

function undoneBy({ metadata }: Move): string[] {
  return (metadata?.['undone'] ?? []) as string[];
}
