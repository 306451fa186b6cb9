import { z } from 'zod';

import { GRAPH_LIMITS } from './limits';
import { graphNameSchema, graphVersionSchema } from './name-schemas';

export interface GraphReference {
  readonly name: string;
  /** Absent: the newest registered version. */
  readonly version?: number;
}

export type ParsedGraphReference =
  | { readonly ok: true; readonly reference: GraphReference }
  | { readonly ok: false; readonly message: string };

/**
 * Reads `name@version`, or `name` for its newest version. Never throws; the message says what to write instead.
 *
 * @example
 * parseGraphReference('content-intent@1') // { ok: true, reference: { name: 'content-intent', version: 1 } }
 */
export function parseGraphReference(text: string): ParsedGraphReference {
  const at = text.indexOf('@');
  const name = at === -1 ? text : text.slice(0, at);
  if (!graphNameSchema.safeParse(name).success) {
    return refuse(
      text,
      `the name must be in kebab-case, 1 to ${GRAPH_LIMITS.nameLength} characters that begin with a letter`,
    );
  }
  if (at === -1) return { ok: true, reference: { name } };

  const digits = text.slice(at + 1);
  const version = Number(digits);
  // One spelling for each version, so that references can be compared as text: not 01, 1.0 or 1e0.
  if (!/^[1-9][0-9]*$/.test(digits) || !graphVersionSchema.safeParse(version).success) {
    return refuse(
      text,
      `the version after @ must be a positive whole number; leave out @ for the newest one`,
    );
  }
  return { ok: true, reference: { name, version } };
}

function refuse(text: string, why: string): ParsedGraphReference {
  const { shownReferenceLength: most } = GRAPH_LIMITS;
  const shown = text.length > most ? `${text.slice(0, most)}...` : text;
  const message = `"${shown}" is not a graph reference: ${why}. Write it like content-intent@1 or content-intent.`;
  return { ok: false, message };
}

/**
 * Writes a reference; a graph is one too.
 *
 * @example
 * formatGraphReference(contentIntentGraph) // 'content-intent@1'
 * formatGraphReference({ name: 'content-intent' }) // 'content-intent'
 */
export function formatGraphReference({ name, version }: GraphReference): string {
  return version === undefined ? name : `${name}@${version}`;
}

/** A reference as text, for schemas of requests and files. */
export const graphReferenceSchema = z.string().check((context) => {
  const parsed = parseGraphReference(context.value);
  if (!parsed.ok) {
    context.issues.push({ code: 'custom', message: parsed.message, input: context.value, continue: false });
  }
});
