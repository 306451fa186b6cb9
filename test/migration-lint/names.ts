import type { Node, RangeVar, TypeName } from 'libpg-query';

/** The schema of what is named without one. */
const PUBLIC = 'public.';

/** `table`, or `schema.table` where it is not in `public`. */
export function relationName(relation: RangeVar | undefined): string {
  return unqualified([relation?.schemaname, relation?.relname].filter(Boolean).join('.'));
}

/** A name that the parser gives as a list, a cast or an object with arguments. */
export function nameOf(node: Node | undefined): string {
  if (node === undefined) return '';
  if ('List' in node) return namesOf(node.List.items);
  if ('String' in node) return node.String.sval ?? '';
  if ('TypeName' in node) return typeName(node.TypeName);
  if ('ObjectWithArgs' in node) return namesOf(node.ObjectWithArgs.objname);
  if ('RangeVar' in node) return relationName(node.RangeVar);
  return '';
}

export function namesOf(parts: readonly Node[] | undefined): string {
  return unqualified((parts ?? []).map(nameOf).join('.'));
}

/** Without what the grammar adds to built-in types: `int4`, not `pg_catalog.int4`. */
export function typeName(type: TypeName | undefined): string {
  const name = namesOf(type?.names).replace(/^pg_catalog\./, '');
  return name + '[]'.repeat(type?.arrayBounds?.length ?? 0);
}

function unqualified(name: string): string {
  return name.startsWith(PUBLIC) ? name.slice(PUBLIC.length) : name;
}
