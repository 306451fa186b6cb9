import { workOf } from '../../../src/graph';
import { ENGINE_REQUEST_ID_PREFIX } from '../../../src/intent';
import { versionOf } from './graphs';
import { staysOf, type Stay } from './stays';
import type { DrivenIntent, Move } from './trail';

/** Kinds of moves that follow from what goes on in a stay. */
const BY_THEMSELVES = ['work', 'children', 'deadline', 'undo'];

/**
 * What is wrong with the moves of an intent: rows that do not follow one from another, a stay that was left by what went on
 * in another one or twice, work whose success is not recorded as what it is, an intent that has not ended.
 */
export function checkMoves(intent: DrivenIntent): string[] {
  const problems = [...checkChain(intent), ...checkEnd(intent)];
  for (const stay of staysOf(intent)) {
    const { left } = stay;
    if (left !== undefined)
      problems.push(...checkOrigin(intent, stay, left), ...checkWork(intent, stay, left));
  }
  return problems;
}

function checkChain({ id, moves }: DrivenIntent): string[] {
  const problems: string[] = [];
  const requestIds = new Set<string>();
  let before: string | null = null;
  for (const [index, { sequence, requestId, previousState, newState }] of moves.entries()) {
    const row = `intent ${id}, row ${sequence}`;
    if (sequence !== index + 1) problems.push(`${row}: it is number ${index + 1}`);
    if (previousState !== before) problems.push(`${row}: it leads out of ${previousState}, not of ${before}`);
    if (requestIds.has(requestId)) problems.push(`${row}: a second one of ${requestId}`);
    requestIds.add(requestId);
    before = newState;
  }
  return problems;
}

function checkEnd({ id, state, ended, moves }: DrivenIntent): string[] {
  const last = moves.at(-1)?.newState;
  return [
    ...(last === state ? [] : [`intent ${id}: it is in ${state}, and its last row leads to ${last}`]),
    ...(ended ? [] : [`intent ${id}: it has not ended, and is in ${state}`]),
  ];
}

/** What moves an intent by itself does so out of the stay that it belongs to, under a request id that says so. */
function checkOrigin({ id }: DrivenIntent, { entry }: Stay, { sequence, kind, requestId }: Move): string[] {
  const own = `${ENGINE_REQUEST_ID_PREFIX}${kind}:${entry}`;
  const byItself = requestId.startsWith(ENGINE_REQUEST_ID_PREFIX) || BY_THEMSELVES.includes(kind);
  if (!byItself || requestId === own) return [];
  return [
    `intent ${id}, row ${sequence}: a move of kind ${kind} out of the stay of row ${entry} is ${requestId}`,
  ];
}

function checkWork({ id }: DrivenIntent, { entry, state }: Stay, move: Move): string[] {
  if (move.kind !== 'work') return [];
  const row = `intent ${id}, row ${move.sequence}`;
  const rule = workOf(versionOf(move.graphVersion), state);
  if (rule === undefined) return [`${row}: there is no work in ${state}`];
  const { result, failure } = move.metadata ?? {};
  if ((result === undefined) === (failure === undefined)) {
    return [`${row}: work has either a result or a failure, and not ${JSON.stringify(move.metadata)}`];
  }
  const to = result === undefined ? rule.failure : rule.success;
  const problems = move.newState === to ? [] : [`${row}: such work leads to ${to}, not to ${move.newState}`];
  const key = (result as { key?: unknown } | undefined)?.key;
  if (result !== undefined && key !== `${id}:${entry}`) {
    problems.push(`${row}: the result is of ${JSON.stringify(key)}, not of the stay of row ${entry}`);
  }
  return problems;
}

/** A try of work succeeds once, so its result stands in one row. */
export function checkResults(intents: readonly DrivenIntent[]): string[] {
  const seen = new Set<unknown>();
  return intents.flatMap(({ id, moves }) =>
    moves.flatMap(({ sequence, kind, metadata }) => {
      const run = (metadata?.['result'] as { run?: unknown } | undefined)?.run;
      if (kind !== 'work' || run === undefined) return [];
      const again = seen.has(run);
      seen.add(run);
      return again
        ? [`intent ${id}, row ${sequence}: the result of run ${JSON.stringify(run)} was recorded before`]
        : [];
    }),
  );
}
