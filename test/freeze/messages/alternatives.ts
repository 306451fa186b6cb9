import type { JsonSchema, SchemaObject } from './json-schema';

/**
 * The forms that a schema allows, one by one: of each union its members, of each enum its values, of each list of types
 * the types. So `anyOf` of constants and `enum` are the same, as are `null` by type and by union.
 *
 * @param root where references lead
 */
export function alternativesOf(schema: JsonSchema, root: JsonSchema): SchemaObject[] {
  if (schema === true) return [{}];
  if (schema === false) return [];
  const { $ref, anyOf, oneOf, enum: values, type, ...rest } = schema;
  if ($ref !== undefined) return alternativesOf(definition($ref, root), root);
  const union = anyOf ?? oneOf;
  if (union !== undefined) {
    const beside = type === undefined ? rest : { ...rest, type };
    return union.flatMap((member) =>
      alternativesOf(member, root).map((alternative) => ({ ...beside, ...alternative })),
    );
  }
  if (values !== undefined) return values.map((value) => ({ ...rest, type: typeOf(value), const: value }));
  if ('const' in rest) return [{ ...rest, type: typeOf(rest.const) }];
  if (type === 'boolean') return [true, false].map((value) => ({ ...rest, type, const: value }));
  if (Array.isArray(type)) {
    return (type as string[]).flatMap((each) => alternativesOf({ ...rest, type: each }, root));
  }
  return [type === undefined ? rest : { ...rest, type }];
}

/** Whether a field tells the two apart, such as `status` or `kind`, which is another constant in each. */
export function areToldApart(one: SchemaObject, other: SchemaObject): boolean {
  return Object.entries(one.properties ?? {}).some(([name, schema]) => {
    const counterpart = other.properties?.[name];
    return isConstant(schema) && isConstant(counterpart) && schema.const !== counterpart.const;
  });
}

/** For messages: `a string`, `"approve"`, `an object with kind "approve"`. */
export function describeForm(form: SchemaObject): string {
  if ('const' in form) return JSON.stringify(form.const);
  if (typeof form.type !== 'string') return 'anything';
  const constants = Object.entries(form.properties ?? {}).flatMap(([name, schema]) =>
    isConstant(schema) ? [`${name} ${JSON.stringify(schema.const)}`] : [],
  );
  const article = /^[aio]/.test(form.type) ? 'an' : 'a';
  const kind = form.type === 'null' ? 'null' : `${article} ${form.type}`;
  return constants.length === 0 ? kind : `${kind} with ${constants.join(' and ')}`;
}

function definition(reference: string, root: JsonSchema): JsonSchema {
  const name = reference.replace(/^#\/\$defs\//, '');
  const found = typeof root === 'object' ? root.$defs?.[name] : undefined;
  if (found === undefined) throw new Error(`The schema refers to ${reference}, which it does not define.`);
  return found;
}

function isConstant(schema: JsonSchema | undefined): schema is SchemaObject {
  return typeof schema === 'object' && 'const' in schema;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
