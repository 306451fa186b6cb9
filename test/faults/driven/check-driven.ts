import { checkChildren } from './check-children';
import { checkMoves, checkResults } from './check-moves';
import { checkUndo } from './check-undo';
import { checkVotes } from './check-votes';
import type { DrivenIntent } from './trail';

/**
 * What is wrong with the driven intents of a run and their children, by their rows alone.
 *
 * @param ids of those that apps have created
 */
export function checkDrivenIntents(intents: readonly DrivenIntent[], ids: readonly string[]): string[] {
  const known = new Set(intents.map(({ id }) => id));
  const asked = new Set(ids);
  return [
    ...ids.filter((id) => !known.has(id)).map((id) => `intent ${id}: it was created and has no row`),
    ...intents
      .filter(({ id, parentId }) => parentId === null && !asked.has(id))
      .map(({ id }) => `intent ${id}: nobody has created it`),
    ...intents.flatMap(checkMoves),
    ...checkResults(intents),
    ...intents.filter(({ parentId }) => parentId === null).flatMap(checkVotes),
    ...intents.filter(({ parentId }) => parentId === null).flatMap(checkUndo),
    ...checkChildren(intents),
  ];
}
