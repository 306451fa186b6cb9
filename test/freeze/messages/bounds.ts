import type { SchemaObject } from './json-schema';

type Fits = (given: number, taken: number) => boolean;

const atMost: Fits = (given, taken) => given <= taken;
const atLeast: Fits = (given, taken) => given >= taken;

/** What each keyword bounds, how, and what it is where it does not stand. */
const BOUNDS: Readonly<Record<string, { fits: Fits; absent: number }>> = {
  maximum: { fits: atMost, absent: Infinity },
  exclusiveMaximum: { fits: atMost, absent: Infinity },
  maxLength: { fits: atMost, absent: Infinity },
  maxItems: { fits: atMost, absent: Infinity },
  maxProperties: { fits: atMost, absent: Infinity },
  minimum: { fits: atLeast, absent: -Infinity },
  exclusiveMinimum: { fits: atLeast, absent: -Infinity },
  minLength: { fits: atLeast, absent: 0 },
  minItems: { fits: atLeast, absent: 0 },
  minProperties: { fits: atLeast, absent: 0 },
};

export function isBound(keyword: string): boolean {
  return keyword in BOUNDS;
}

/** Whether all that `given` allows lies within what `taken` asks for by this keyword. */
export function isWithin(keyword: string, given: SchemaObject, taken: SchemaObject): boolean {
  const bound = BOUNDS[keyword];
  if (bound === undefined) throw new Error(`${keyword} is no bound`);
  const { fits, absent } = bound;
  return fits(measure(given.const) ?? numberOr(given[keyword], absent), numberOr(taken[keyword], absent));
}

/** Of a constant: the text's length, or the number itself. */
function measure(constant: unknown): number | undefined {
  if (typeof constant === 'string') return constant.length;
  return typeof constant === 'number' ? constant : undefined;
}

function numberOr(value: unknown, absent: number): number {
  return typeof value === 'number' ? value : absent;
}
