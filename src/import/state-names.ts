import { allStates, type Graph } from '../graph';

/**
 * The name of a state after an activity: upper case, with `_` for every run of other characters than letters and
 * digits.
 *
 * @example
 * toStateName('Declaration FINAL_APPROVED by SUPERVISOR') // 'DECLARATION_FINAL_APPROVED_BY_SUPERVISOR'
 */
export function toStateName(activity: string): string {
  return activity.replaceAll(/[^A-Za-z0-9]+/g, '_').toUpperCase();
}

/** The graph's state for an activity, or `undefined` when it has none. */
export type StateOfActivity = (activity: string) => string | undefined;

/**
 * Finds states by activities: the one of exactly that name, else the one whose name is the same once both are
 * written by {@link toStateName}.
 */
export function stateNames(graph: Graph): StateOfActivity {
  const exact = new Set<string>(allStates(graph));
  const byName = new Map<string, string | undefined>();
  for (const state of allStates(graph)) {
    const name = toStateName(state);
    // Two states that differ in case only, `Open` and `OPEN`, are found by their exact names alone.
    byName.set(name, byName.has(name) ? undefined : state);
  }
  return (activity) => (exact.has(activity) ? activity : byName.get(toStateName(activity)));
}
