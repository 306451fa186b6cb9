import { invalid } from '../client/errors';

/**
 * A request's body. What JSON would leave out or turn into `null` is refused: it would be missing in the audit trail.
 *
 * @throws IntentError INVALID_ARGUMENT, which names the field
 */
export function jsonBody(fields: Record<string, unknown>): string {
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(fields).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, checked(name, value)]],
      ),
    ),
  );
}

function checked(field: string, value: unknown): unknown {
  try {
    JSON.stringify(value, (_key, part: unknown) => {
      const problem = problemOf(part);
      if (problem !== undefined) throw invalid(`${field}: ${problem}`);
      return part;
    });
    return value;
  } catch (error) {
    // A circle.
    throw error instanceof TypeError ? invalid(`${field}: must be JSON, ${error.message}`) : error;
  }
}

function problemOf(part: unknown): string | undefined {
  if (typeof part === 'number' && !Number.isFinite(part)) return 'must contain finite numbers only';
  if (['undefined', 'function', 'symbol', 'bigint'].includes(typeof part))
    return `must be JSON, it contains a ${typeof part}`;
  if (ArrayBuffer.isView(part)) return 'must be JSON, it contains bytes';
  return undefined;
}
