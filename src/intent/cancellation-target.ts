import type { DecidingIntent } from './deciding-intent';
import { CANCELLED_STATE } from './names';

/**
 * Where a move to `to` leads. It is `to`, but for a cancellation while something is left to undo: that leads through the
 * state in which it is undone.
 */
export function cancellationTarget(
  { graph, state, undoable }: Pick<DecidingIntent, 'graph' | 'state' | 'undoable'>,
  to: string,
): string {
  const { cancellation } = graph;
  if (to !== CANCELLED_STATE || cancellation === undefined || undoable.length === 0) return to;
  return state === cancellation.through ? to : cancellation.through;
}
