import type { DropStmt, Node, ObjectWithArgs } from 'libpg-query';

import type { Additions } from './additions';
import { nameOf, namesOf, typeName } from './names';
import type { Objection } from './problem';

const ROUTINES = ['OBJECT_FUNCTION', 'OBJECT_PROCEDURE', 'OBJECT_ROUTINE'];

/**
 * What a DROP takes from the release before. It takes nothing where the file made the thing itself, or makes it anew. Pure.
 *
 * @param before what the file has added up to here
 * @param after what it adds from here on
 */
export function judgeDrop(
  { removeType, objects = [] }: DropStmt,
  before: Additions,
  after: Additions,
): Objection[] {
  const kind = (removeType ?? '').replace('OBJECT_', '').toLowerCase().replaceAll('_', ' ');
  return objects.flatMap((object) => {
    if (ROUTINES.includes(removeType ?? '')) return judgeRoutine(object, kind, before, after);
    const name =
      removeType === 'OBJECT_TRIGGER' || removeType === 'OBJECT_POLICY' ? partName(object) : nameOf(object);
    const key = `${kind} ${name}`;
    if (before.objects.has(key) || after.objects.has(key)) return [];
    return [{ what: `drops the ${key}, which the release before may use`, fix: LATER }];
  });
}

/** Of a trigger or policy: the parser gives the table first, then the name. */
function partName(object: Node): string {
  if (!('List' in object)) return nameOf(object);
  const parts = object.List.items ?? [];
  return `${namesOf(parts.slice(0, -1))}.${nameOf(parts.at(-1))}`;
}

function judgeRoutine(object: Node, kind: string, before: Additions, after: Additions): Objection[] {
  const { ObjectWithArgs: routine } = object as { ObjectWithArgs: ObjectWithArgs };
  const name = namesOf(routine.objname);
  if (before.functions.some((made) => made.name === name)) return [];
  const took = (routine.objargs ?? []).map((arg) => ('TypeName' in arg ? typeName(arg.TypeName) : ''));
  const successors = after.functions.filter((made) => made.name === name);
  const answersTheSameCalls = successors.some(
    ({ takes, required }) => required <= took.length && took.every((type, index) => takes[index] === type),
  );
  if (answersTheSameCalls) return [];
  return successors.length > 0
    ? [{ what: `makes the ${kind} ${name} anew, so that calls of the release before fail`, fix: SAME_CALLS }]
    : [{ what: `drops the ${kind} ${name}, which the release before may call`, fix: LATER }];
}

const LATER =
  'Leave it now. Drop it in a release after the one that stopped using it, in a file whose head says so: -- contract: REASON; unused since RELEASE';
const SAME_CALLS =
  'Let it take the same arguments first, and whatever comes after them have a DEFAULT; or make one of another name beside it.';
