import ts from 'typescript';

import { canonicalJson } from '../../../src/database/canonical-json';
import { describeForm } from './alternatives';
import type { JsonSchema, SchemaObject } from './json-schema';

/** A declared type that does not arrive as what it is, once it has been JSON. */
class NotJsonError extends Error {
  override readonly name = 'NotJsonError';
}

/**
 * The JSON Schema of a TypeScript type, as the compiler understands it: inferred, generic and mapped types included.
 * Bounds and patterns are not in types, so they are not in the schema either.
 *
 * @param what the type is of, for the message of an error
 * @throws NotJsonError for a Map, a Date, a function and whatever else JSON does not carry
 */
export function schemaOfType(type: ts.Type, checker: ts.TypeChecker, what: string): JsonSchema {
  const definitions: Record<string, JsonSchema> = {};
  const schema = new SchemaWriter(checker, definitions).write(type, what);
  return typeof schema === 'object' && Object.keys(definitions).length > 0
    ? { ...schema, $defs: definitions }
    : schema;
}

class SchemaWriter {
  /** Types that are being written, and whether they turned up inside themselves. */
  private readonly open = new Map<ts.Type, { name: string; recursive: boolean }>();

  constructor(
    private readonly checker: ts.TypeChecker,
    private readonly definitions: Record<string, JsonSchema>,
  ) {}

  write(type: ts.Type, at: string): JsonSchema {
    const { flags } = type;
    if (flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return {};
    if (flags & ts.TypeFlags.Never) return false;
    if (type.isStringLiteral() || type.isNumberLiteral()) return constant(type.value);
    if (flags & ts.TypeFlags.BooleanLiteral) return constant(this.checker.typeToString(type) === 'true');
    if (flags & ts.TypeFlags.StringLike) return { type: 'string' };
    if (flags & ts.TypeFlags.NumberLike) return { type: 'number' };
    if (flags & ts.TypeFlags.BooleanLike && !type.isUnion()) return { type: 'boolean' };
    if (flags & ts.TypeFlags.Null) return { type: 'null' };
    const known = this.open.get(type);
    if (known !== undefined) {
      known.recursive = true;
      return { $ref: `#/$defs/${known.name}` };
    }
    const entry = { name: this.nameOf(type), recursive: false };
    this.open.set(type, entry);
    const schema = this.writeParts(type, at);
    this.open.delete(type);
    if (!entry.recursive) return schema;
    this.definitions[entry.name] = schema;
    return { $ref: `#/$defs/${entry.name}` };
  }

  private writeParts(type: ts.Type, at: string): JsonSchema {
    if (type.isUnion()) return this.writeUnion(type, at);
    if (this.checker.isTupleType(type)) return this.writeTuple(type as ts.TupleTypeReference, at);
    if (this.checker.isArrayType(type)) {
      const [item] = this.checker.getTypeArguments(type as ts.TypeReference);
      return { type: 'array', items: item === undefined ? {} : this.write(item, `${at}[]`) };
    }
    if (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) return this.writeObject(type, at);
    throw this.notJson(type, at);
  }

  private writeUnion(type: ts.UnionType, at: string): JsonSchema {
    const members = type.types.filter((member) => !isAbsent(member));
    const booleans = members.filter((member) => member.flags & ts.TypeFlags.BooleanLiteral);
    const others = booleans.length === 2 ? members.filter((member) => !booleans.includes(member)) : members;
    const alternatives = others.map((member) => this.write(member, at));
    if (booleans.length === 2) alternatives.push({ type: 'boolean' });
    // The compiler's own order is that in which it met the types, so any edit may change it.
    return oneOf(alternatives.toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1)));
  }

  private writeTuple(type: ts.TupleTypeReference, at: string): JsonSchema {
    const { minLength, hasRestElement } = type.target;
    const items = this.checker
      .getTypeArguments(type)
      .map((item, index) => this.write(item, `${at}[${index}]`));
    const rest = (hasRestElement && items.pop()) || false;
    return { type: 'array', prefixItems: items, items: rest, minItems: minLength };
  }

  private writeObject(type: ts.Type, at: string): JsonSchema {
    if (type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0) {
      throw this.notJson(type, at);
    }
    const properties: Record<string, JsonSchema> = {};
    const required: string[] = [];
    for (const property of this.checker.getPropertiesOfType(type)) {
      const propertyType = this.checker.getTypeOfSymbol(property);
      // A class instance such as a Map or a Date arrives without its methods, and mostly without its content.
      if (propertyType.getCallSignatures().length > 0) throw this.notJson(type, at);
      if (isAbsent(propertyType)) continue;
      const optional = (property.flags & ts.SymbolFlags.Optional) !== 0 || mayBeAbsent(propertyType);
      properties[property.name] = this.write(propertyType, `${at}.${property.name}`);
      if (!optional) required.push(property.name);
    }
    const index = this.checker.getIndexInfosOfType(type)[0];
    return {
      type: 'object',
      ...(Object.keys(properties).length > 0 && { properties }),
      ...(required.length > 0 && { required: required.toSorted() }),
      additionalProperties: index === undefined ? false : this.write(index.type, `${at}.*`),
    };
  }

  /** For references: no two types of one schema share it. */
  private nameOf(type: ts.Type): string {
    const name = type.aliasSymbol?.name ?? type.getSymbol()?.name ?? 'Type';
    const taken = (candidate: string) =>
      candidate in this.definitions || [...this.open.values()].some((entry) => entry.name === candidate);
    let candidate = name;
    for (let count = 2; taken(candidate); count += 1) candidate = `${name}${count}`;
    return candidate;
  }

  private notJson(type: ts.Type, at: string): NotJsonError {
    const name = this.checker.typeToString(type);
    return new NotJsonError(`${at} is declared as ${name}, which JSON does not carry: declare what arrives.`);
  }
}

function constant(value: string | number | boolean): SchemaObject {
  return { type: typeof value, const: value };
}

/** Any of several, in the shortest form: texts as one enum, plain types as a list. */
function oneOf(alternatives: readonly JsonSchema[]): JsonSchema {
  const constants = alternatives.flatMap((schema) =>
    isString(schema) && 'const' in schema ? [schema.const] : [],
  );
  const texts = constants.length > 1 ? [{ type: 'string', enum: constants }] : [];
  const others = alternatives.filter((schema) => constants.length < 2 || !isString(schema));
  const names = others.flatMap((schema) => (isBare(schema) ? [schema.type] : []));
  const plain = names.length > 1 ? [{ type: names }] : [];
  const rest = others.filter((schema) => names.length < 2 || !isBare(schema));
  const all: JsonSchema[] = [...rest, ...texts, ...plain];
  return all.length === 1 && all[0] !== undefined ? all[0] : { anyOf: all };
}

/** By what tells them apart first, so that a new field does not change their order. */
function sortKey(schema: JsonSchema): string {
  return `${typeof schema === 'object' ? describeForm(schema) : ''} ${canonicalJson(schema)}`;
}

function isString(schema: JsonSchema): schema is SchemaObject {
  return typeof schema === 'object' && schema.type === 'string';
}

function isBare(schema: JsonSchema): schema is SchemaObject & { type: string } {
  return typeof schema === 'object' && typeof schema.type === 'string' && Object.keys(schema).length === 1;
}

/** A field that is `undefined` is not in the JSON. */
function isAbsent(type: ts.Type): boolean {
  return (type.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)) !== 0;
}

function mayBeAbsent(type: ts.Type): boolean {
  return type.isUnion() && type.types.some(isAbsent);
}
