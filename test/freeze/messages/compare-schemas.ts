import { canonicalJson } from '../../../src/database/canonical-json';
import { alternativesOf, areToldApart, describeForm } from './alternatives';
import { isBound, isWithin } from './bounds';
import type { JsonSchema, SchemaObject } from './json-schema';

/**
 * - `read`: the engine reads it, so it must go on taking all that it took
 * - `written`: the engine writes it, so it must go on giving what readers can take
 */
export type Side = 'read' | 'written';

export interface SchemaChange {
  /** `metadata.ticket`, `steps[].key`, `findings.*`; empty for the whole */
  readonly path: string;
  /** The end of a sentence that begins with the path. */
  readonly what: string;
  readonly fix: string;
}

/**
 * Every change from one schema to another that breaks somebody who wrote or read by the first. Pure.
 *
 * A field that a reader does not know does no harm; one that has gone does, also where it was optional. A keyword that is
 * not known here counts as a bound: incompatible where the side that takes has it and the other one does not.
 *
 * @example
 * incompatibleChanges({ type: 'string', maxLength: 9 }, { type: 'string', maxLength: 5 }, 'read')
 * // [{ path: '', what: 'has maxLength 5, and had 9', fix: … }]
 */
export function incompatibleChanges(frozen: JsonSchema, present: JsonSchema, side: Side): SchemaChange[] {
  const [given, taken] = side === 'read' ? [frozen, present] : [present, frozen];
  return new Comparison(side, given, taken).compare(given, taken, '');
}

/** Compared by more than the keyword itself. */
const STRUCTURE = new Set([
  ...['type', 'const', 'default', '$defs'],
  ...['properties', 'required', 'additionalProperties', 'propertyNames'],
  ...['prefixItems', 'items'],
]);

/**
 * Whether all that `given` allows is allowed by `taken`: by what is read now, of what was written before, and by what was
 * read before, of what is written now.
 */
class Comparison {
  /** Pairs that are being compared: a schema that refers to itself meets itself again. */
  private readonly open = new Set<string>();

  constructor(
    private readonly side: Side,
    private readonly givenRoot: JsonSchema,
    private readonly takenRoot: JsonSchema,
  ) {}

  compare(given: JsonSchema, taken: JsonSchema, path: string): SchemaChange[] {
    const pair = `${canonicalJson(given)}\n${canonicalJson(taken)}`;
    if (this.open.has(pair)) return [];
    this.open.add(pair);
    const forms = alternativesOf(taken, this.takenRoot);
    const changes = alternativesOf(given, this.givenRoot).flatMap((form) => this.findForm(form, forms, path));
    this.open.delete(pair);
    return changes;
  }

  /** Nothing, when one of the forms takes all that the given one allows; else what is missing in the closest. */
  private findForm(given: SchemaObject, forms: readonly SchemaObject[], path: string): SchemaChange[] {
    const results = forms.map((taken) => ({ taken, changes: this.compareForms(given, taken, path) }));
    if (results.some(({ changes }) => changes.length === 0)) return [];
    const [closest] = results
      .filter(({ taken }) => isSameKind(given, taken) && !areToldApart(given, taken))
      .toSorted((a, b) => a.changes.length - b.changes.length);
    return closest?.changes ?? [this.unknownForm(given, forms, path)];
  }

  private compareForms(given: SchemaObject, taken: SchemaObject, path: string): SchemaChange[] {
    if (!isSameKind(given, taken)) return [this.unknownForm(given, [taken], path)];
    const changes = Object.keys(taken).flatMap((keyword) => this.compareKeyword(keyword, given, taken, path));
    if (taken.type === 'object') changes.push(...this.compareObjects(given, taken, path));
    if (taken.type === 'array') changes.push(...this.compareArrays(given, taken, path));
    return changes;
  }

  private compareKeyword(
    keyword: string,
    given: SchemaObject,
    taken: SchemaObject,
    path: string,
  ): SchemaChange[] {
    if (STRUCTURE.has(keyword)) return [];
    const fits = isBound(keyword)
      ? isWithin(keyword, given, taken)
      : canonicalJson(given[keyword] ?? null) === canonicalJson(taken[keyword]);
    if (fits) return [];
    const shown = [given, taken].map((schema) =>
      keyword in schema ? canonicalJson(schema[keyword]) : 'none',
    );
    const [was, is] = this.side === 'read' ? shown : shown.toReversed();
    const fix =
      this.side === 'read'
        ? 'Keep taking what was taken: older programs, and requests that are under way, still send it.'
        : 'Keep to what was promised: readers may count on it.';
    return [{ path, what: `has ${keyword} ${is}, and had ${was}`, fix }];
  }

  private compareObjects(given: SchemaObject, taken: SchemaObject, path: string): SchemaChange[] {
    const names = new Set([...Object.keys(given.properties ?? {}), ...Object.keys(taken.properties ?? {})]);
    const changes = [...names].flatMap((name) => this.compareField(name, given, taken, below(path, name)));
    const [others, othersTaken] = [given.additionalProperties ?? {}, taken.additionalProperties ?? {}];
    if (others !== false && othersTaken !== false) {
      changes.push(...this.compare(others, othersTaken, below(path, '*')));
    } else if (others !== false && this.side === 'read') {
      const what = 'no longer takes fields of any name';
      changes.push({ path, what, fix: 'Go on taking them, even if they are then ignored.' });
    }
    if (taken.propertyNames !== undefined) {
      const anyName = { type: 'string' };
      changes.push(
        ...this.compare(given.propertyNames ?? anyName, taken.propertyNames, below(path, '(name)')),
      );
    }
    return changes;
  }

  private compareField(name: string, given: SchemaObject, taken: SchemaObject, path: string): SchemaChange[] {
    const one = given.properties?.[name];
    const other = taken.properties?.[name];
    const needed = taken.required?.includes(name) ?? false;
    const sure = given.required?.includes(name) ?? false;
    if (one === undefined) {
      if (this.side === 'written') return [{ path, what: 'is gone', fix: `Go on writing it. ${COUNTED_ON}` }];
      return needed ? [{ path, what: 'is new and required', fix: OPTIONAL }] : [];
    }
    if (other === undefined) {
      const { additionalProperties: others } = taken;
      if (typeof others === 'object') return this.compare(one, others, path);
      if (this.side === 'written') return [];
      return [{ path, what: 'is no longer read', fix: 'Go on taking it, even if it is then ignored.' }];
    }
    const changes: SchemaChange[] = [];
    if (needed && !sure) {
      changes.push(
        this.side === 'read'
          ? { path, what: 'is required now, and could be left out', fix: OPTIONAL }
          : { path, what: 'may be missing now, and was always there', fix: `Always write it. ${COUNTED_ON}` },
      );
    }
    if (this.side === 'read' && !sure) changes.push(...compareDefaults(one, other, path));
    return [...changes, ...this.compare(one, other, path)];
  }

  /** Places are like fields: whoever does not know a further one leaves it alone. `minItems` says which must be there. */
  private compareArrays(given: SchemaObject, taken: SchemaObject, path: string): SchemaChange[] {
    const count = Math.max(given.prefixItems?.length ?? 0, taken.prefixItems?.length ?? 0);
    const changes = Array.from({ length: count }, (_, index) =>
      this.comparePlace(
        given.prefixItems?.[index] ?? given.items ?? {},
        taken.prefixItems?.[index] ?? taken.items ?? {},
        `${path}[${index}]`,
      ),
    ).flat();
    const rest = this.comparePlace(given.items ?? {}, taken.items ?? {}, `${path}[]`);
    // Where both are tuples nothing comes after the last place.
    return given.items === false ? changes : [...changes, ...rest];
  }

  private comparePlace(given: JsonSchema, taken: JsonSchema, path: string): SchemaChange[] {
    if (given !== false && taken !== false) return this.compare(given, taken, path);
    if (given === false && this.side === 'written') {
      return [{ path, what: 'is gone', fix: `Go on writing it. ${COUNTED_ON}` }];
    }
    if (taken === false && this.side === 'read') {
      return [{ path, what: 'is no longer read', fix: 'Go on taking it, even if it is then ignored.' }];
    }
    return [];
  }

  private unknownForm(given: SchemaObject, forms: readonly SchemaObject[], path: string): SchemaChange {
    const known = forms.map(describeForm).join(' or ') || 'nothing';
    return this.side === 'read'
      ? {
          path,
          what: `no longer takes ${describeForm(given)}, only ${known}`,
          fix: 'Go on taking it: older programs, and requests that are under way, still send it.',
        }
      : {
          path,
          what: `may be ${describeForm(given)} now, and was always ${known}`,
          fix: 'Say it in a new field: readers of today do not know this form.',
        };
  }
}

const OPTIONAL = 'Make it optional: older programs, and requests that are under way, do not give it.';
const COUNTED_ON = 'Readers may count on it.';

/** What is left out must go on meaning what it meant. */
function compareDefaults(before: JsonSchema, after: JsonSchema, path: string): SchemaChange[] {
  const [was, is] = [before, after].map((schema) =>
    typeof schema === 'object' && 'default' in schema ? canonicalJson(schema['default']) : 'nothing',
  );
  if (was === is) return [];
  const fix = 'Keep the default: older programs leave the field out, and mean that.';
  return [{ path, what: `left out, means ${is}, and meant ${was}`, fix }];
}

/** Whether one could be the other at all: of one type, and the same constant where there is one. */
function isSameKind(given: SchemaObject, taken: SchemaObject): boolean {
  if ('const' in taken) return 'const' in given && canonicalJson(given.const) === canonicalJson(taken.const);
  if (taken.type === undefined || given.type === taken.type) return true;
  return given.type === 'integer' && taken.type === 'number';
}

function below(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
