import { allStates, listSteps, type Graph } from '../graph';

/** What a search names that none of its graphs has, and what there is. */
export type UnknownPlace = { unknown: 'state' | 'step'; name: string; known: string[] };

/**
 * The states of a search by states and by a step, of versions of one graph; `undefined`: all. Without a graph the states are
 * taken as they are; with one, a mistyped state would list nothing, and look like an answer.
 *
 * @param step its key, or its number
 */
export function searchedStates(
  graphs: readonly Graph[],
  states: readonly string[] | undefined,
  step: string | undefined,
): string[] | UnknownPlace | undefined {
  const known = [...new Set(graphs.flatMap((graph) => allStates(graph)))];
  const unknown = graphs.length === 0 ? undefined : states?.find((state) => !known.includes(state));
  if (unknown !== undefined) return { unknown: 'state', name: unknown, known };
  if (step === undefined) return states && [...states];
  const steps = graphs.flatMap((graph) => listSteps(graph));
  const meant = steps.filter(({ key, number }) => key === step || String(number) === step);
  if (meant.length === 0)
    return { unknown: 'step', name: step, known: [...new Set(steps.map(({ key }) => key))] };
  const ofStep = meant.flatMap((one) => [...one.states]);
  return states === undefined ? ofStep : ofStep.filter((state) => states.includes(state));
}
