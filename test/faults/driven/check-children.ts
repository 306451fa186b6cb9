import { childrenOf } from '../../../src/graph';
import { PARTS, versionOf } from './graphs';
import { staysOf } from './stays';
import type { DrivenIntent, Move } from './trail';

interface ListedChild {
  id: string;
  ended?: string;
}

/** What is wrong with the children of driven intents: one that is nobody's, too many, or not as their parent tells of them. */
export function checkChildren(intents: readonly DrivenIntent[]): string[] {
  const byId = new Map(intents.map((intent) => [intent.id, intent]));
  const children = intents.filter(({ parentId }) => parentId !== null);
  const problems = children.flatMap(({ id, parentId }) =>
    byId.has(parentId ?? '') ? [] : [`intent ${id}: nobody knows its parent ${parentId}`],
  );
  for (const parent of intents) {
    const own = children.filter(({ parentId }) => parentId === parent.id);
    const most = PARTS * staysOf(parent).filter((stay) => startsChildren(parent, stay.entry)).length;
    if (own.length > most)
      problems.push(`intent ${parent.id}: it has ${own.length} children, ${most} at most`);
    for (const move of parent.moves) {
      if (move.kind === 'children') problems.push(...checkListed(parent, move, own));
    }
  }
  return problems;
}

function startsChildren({ moves }: DrivenIntent, entry: number): boolean {
  const move = moves.find(({ sequence }) => sequence === entry);
  return move !== undefined && childrenOf(versionOf(move.graphVersion), move.newState) !== undefined;
}

function checkListed(
  { id }: DrivenIntent,
  { sequence, metadata }: Move,
  own: readonly DrivenIntent[],
): string[] {
  const row = `intent ${id}, row ${sequence}`;
  const listed = (metadata?.['children'] ?? []) as unknown as ListedChild[];
  if (listed.length !== PARTS) return [`${row}: it lists ${listed.length} children, not ${PARTS}`];
  return listed.flatMap(({ id: childId, ended }) => {
    const child = own.find((candidate) => candidate.id === childId);
    if (child?.ended === true && child.state === ended) return [];
    return [`${row}: child ${childId} ended in ${ended}, and is in ${child?.state}`];
  });
}
