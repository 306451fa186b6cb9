import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator';

import type { Evaluation } from './expression';
import { Timestamp } from './expression-time';

class NotPlain extends Error {}

/** The value of an expression as JSON, or why it is none. */
export function plainValue(value: unknown): Evaluation {
  try {
    return { ok: true, value: plain(value) };
  } catch (error) {
    if (error instanceof NotPlain) return { ok: false, message: error.message };
    throw error;
  }
}

function plain(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'bigint':
      return exact(value);
    case 'number':
      if (!Number.isFinite(value)) throw new NotPlain(`the value ${value} is not a number of JSON`);
      return value;
    case 'object':
      return value === null ? null : plainObject(value);
    default:
      throw new NotPlain(`a value of type ${typeof value} has no place in JSON`);
  }
}

function exact(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER)) {
    throw new NotPlain(
      `the whole number ${value} is larger than JSON holds exactly: use double(...) or string(...)`,
    );
  }
  return Number(value);
}

function plainObject(value: object): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Timestamp) return value.toString();
  if (value instanceof Duration) return isoSeconds(value);
  if (value instanceof UnsignedInt) return exact(BigInt(value.toString()));
  if (value instanceof Map) return entries([...(value as Map<unknown, unknown>)]);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return entries(Object.entries(value));
  throw new NotPlain('bytes and types have no place in JSON: use string(...)');
}

function entries(pairs: readonly (readonly [unknown, unknown])[]): Record<string, unknown> {
  return Object.fromEntries(pairs.map(([key, value]) => [String(key), plain(value)]));
}

/** A length of time in ISO 8601, such as `PT86400S`. */
function isoSeconds(value: Duration): string {
  const ms = Math.round(value.valueOf());
  return `${ms < 0 ? '-' : ''}PT${Math.abs(ms) / 1000}S`;
}
