import { createHash } from 'node:crypto';
import { basename } from 'node:path';

import { formatGraphReference, type Graph } from '../graph';
import { describeIssues, transitionRequestSchema, type TransitionRequestInput } from '../intent';
import type { LogEvent } from './read-events';
import { stateNames, toStateName } from './state-names';

export interface ImportedRequest extends TransitionRequestInput {
  /** ISO 8601 with an offset, as in the file: Postgres reads it for itself when the import is checked. */
  occurredAt: string;
}

export interface RequestOfEventOptions {
  file: string;
  graph: Graph;
  /** Of times that are written without one, as `+01:00`. */
  utcOffset?: string | undefined;
}

export type EventRequest =
  | { ok: true; request: ImportedRequest; role: string }
  | { ok: false; code: 'UNKNOWN_STATE' | 'MALFORMED_ROW'; reason: string };

/**
 * Turns rows into the requests that replay them.
 *
 * @returns a function of a row, its line, and a counter that tells equal rows apart by their time and state
 */
export function requestOfEvent({ file, graph, utcOffset }: RequestOfEventOptions) {
  const source = basename(file);
  const stateOf = stateNames(graph);
  const reference = formatGraphReference(graph);

  return (event: LogEvent, line: number, occurrence: (key: string) => number): EventRequest => {
    const { activity, actor, role, time } = event;
    const to = stateOf(activity);
    if (to === undefined) {
      const reason = `"${activity}" is no state of ${reference}, which has no ${toStateName(activity)} either`;
      return { ok: false, code: 'UNKNOWN_STATE', reason };
    }
    const request = {
      requestId: 'import',
      to,
      ...(actor !== '' && { actor }),
      occurredAt: withOffset(time, utcOffset),
      metadata: { source, line, activity },
    };
    const parsed = transitionRequestSchema.safeParse(request);
    if (!parsed.success) {
      const reason = describeIssues(parsed.error).replace('occurredAt:', `time "${time}":`);
      return { ok: false, code: 'MALFORMED_ROW', reason };
    }
    const key = `${parsed.data.occurredAt} ${to}`;
    return { ok: true, request: { ...request, requestId: requestIdOf(key, occurrence(key)) }, role };
  };
}

/**
 * A row has the same id in every export that holds it, wherever it stands there: made from its time and state, and,
 * for the rare row that repeats both, from how often it came. Short, as intents remember ids for life.
 */
function requestIdOf(key: string, occurrence: number): string {
  const digest = createHash('sha256').update(`${key} ${occurrence}`).digest('hex');
  return `import:${digest.slice(0, 20)}`;
}

/** Exports often write a space for the `T`, and no offset. */
function withOffset(time: string, utcOffset: string | undefined): string {
  const iso = time.trim().replace(/^(\d{4}-\d{2}-\d{2}) /, '$1T');
  const bare = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}([.]\d+)?)?$/.test(iso);
  return bare && utcOffset !== undefined ? `${iso}${utcOffset}` : iso;
}
