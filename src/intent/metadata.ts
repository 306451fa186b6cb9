import { z } from 'zod';

import { isStorableText, NOT_STORABLE } from '../graph/storable-text';
import { LIMITS } from './limits';
import { jsonBytes } from './text';

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** What an app attaches to an intent or a transition: a JSON object, bounded in size and depth. */
export type Metadata = Record<string, Json>;

/** Returns what is wrong with `value` as metadata, or nothing. Iterative: depth comes from outside. */
function problemOf(value: unknown): string | undefined {
  const pending: Array<{ value: unknown; depth: number }> = [{ value, depth: 1 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value: current, depth } = next;
    if (depth > LIMITS.metadataDepth) return `must not nest deeper than ${LIMITS.metadataDepth} levels`;
    if (typeof current === 'string') {
      if (!isStorableText(current)) return NOT_STORABLE;
    } else if (ArrayBuffer.isView(current)) {
      return 'must be JSON, it contains bytes';
    } else if (Array.isArray(current)) {
      for (const item of current) pending.push({ value: item, depth: depth + 1 });
    } else if (typeof current === 'object' && current !== null) {
      for (const [key, item] of Object.entries(current)) {
        if (!isStorableText(key)) return NOT_STORABLE;
        pending.push({ value: item, depth: depth + 1 });
      }
    } else if (typeof current === 'number') {
      if (!Number.isFinite(current)) return 'must contain finite numbers only';
    } else if (current !== null && typeof current !== 'boolean') {
      return `must be JSON, it contains a ${typeof current}`;
    }
  }
  const bytes = jsonBytes(value);
  if (bytes > LIMITS.metadataBytes) {
    return `must be at most ${LIMITS.metadataBytes} bytes as JSON, it has ${bytes}`;
  }
  return undefined;
}

export const metadataSchema = z
  .custom<Metadata>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), {
    error: 'must be a JSON object',
  })
  .superRefine((value, context) => {
    const problem = problemOf(value);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });
