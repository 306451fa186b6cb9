import { formatGraphReference, hasState, isTerminal, type Graph } from '../graph';
import type { RejectionCode } from './rejection-codes';

/** Where an intent goes on whose state the other version lacks: by the old state. */
export type StateMap = Readonly<Record<string, string>>;

/** Why a migration can't be. */
interface MigrationProblem {
  code: Extract<RejectionCode, 'UNKNOWN_STATE' | 'INVALID_REQUEST' | 'ILLEGAL_TRANSITION'>;
  message: string;
}

/**
 * What is wrong with a map of states, whichever state an intent is in; nothing where it can be followed.
 *
 * @param from version that the intents follow
 * @param to version that they are to follow
 */
export function stateMapProblem(from: Graph, to: Graph, map: StateMap): MigrationProblem | undefined {
  const [before, after] = [formatGraphReference(from), formatGraphReference(to)];
  for (const [old, mapped] of Object.entries(map)) {
    if (!hasState(from, old)) return unknown(`map: ${before} has no state ${old}.`);
    if (hasState(to, old)) {
      return invalid(`map: ${old} is a state of ${after} too, and a migration leaves an intent there.`);
    }
    if (!hasState(to, mapped)) return unknown(`map: ${after} has no state ${mapped}, to which ${old} leads.`);
    if (isTerminal(to, mapped)) {
      return invalid(`map: ${mapped} is terminal in ${after}, and a migration ends no intent.`);
    }
  }
  return undefined;
}

/** The state in which an intent goes on in another version of its graph: its own where that has it, else by the map. */
export function migrationTarget(
  to: Graph,
  state: string,
  map: StateMap,
): { ok: true; state: string } | { ok: false; problem: MigrationProblem } {
  const after = formatGraphReference(to);
  if (hasState(to, state)) {
    if (!isTerminal(to, state)) return { ok: true, state };
    const message = `${state} is terminal in ${after}, and a migration ends no intent.`;
    return { ok: false, problem: { code: 'ILLEGAL_TRANSITION', message } };
  }
  const mapped = Object.hasOwn(map, state) ? map[state] : undefined;
  if (mapped !== undefined) return { ok: true, state: mapped };
  return {
    ok: false,
    problem: unknown(`${after} has no state ${state}; \`map\` may say in which state the intent goes on.`),
  };
}

function unknown(message: string): MigrationProblem {
  return { code: 'UNKNOWN_STATE', message };
}

function invalid(message: string): MigrationProblem {
  return { code: 'INVALID_REQUEST', message };
}
