import type { Graph } from './graph';
import { graphIndex } from './graph-index';
import type { GraphStep } from './graph-step';

/** The steps in order. */
export function listSteps<State extends string>(graph: Graph<State>): readonly GraphStep<State>[] {
  return graphIndex(graph).steps;
}

/** The step that a state belongs to; `undefined` for terminal states, which are in none, and unknown ones. */
export function stepOf<State extends string>(
  graph: Graph<State>,
  state: string,
): GraphStep<State> | undefined {
  return graphIndex(graph).stepOfState.get(state);
}

/**
 * How far a state is, from 0 to 1: the share of the steps that lie behind it, and 1 for every terminal state,
 * a cancelled one included. A state of the third of seven steps is at 2/7; the initial state is at 0.
 *
 * Throws a RangeError for a state that the graph does not have.
 */
export function progressOf(graph: Graph, state: string): number {
  const { stepOfState, steps, terminal } = graphIndex(graph);
  if (terminal.has(state)) return 1;
  const step = stepOfState.get(state);
  if (step === undefined)
    throw new RangeError(`The graph ${graph.name}@${graph.version} has no state ${state}`);
  return (step.number - 1) / steps.length;
}

/** The states that a state may move to, in the graph's order; none for terminal and unknown states. */
export function nextStates<State extends string>(graph: Graph<State>, state: string): readonly State[] {
  return graphIndex(graph).exits.get(state) ?? [];
}

/** Whether the graph allows this one transition. A state may move to itself only where the graph says so. */
export function hasEdge(graph: Graph, from: string, to: string): boolean {
  return graphIndex(graph).edges.get(from)?.has(to) === true;
}

export function hasState(graph: Graph, state: string): boolean {
  const { stepOfState, terminal } = graphIndex(graph);
  return stepOfState.has(state) || terminal.has(state);
}

/** Whether an intent in this state has ended; `false` for unknown states. */
export function isTerminal(graph: Graph, state: string): boolean {
  return graphIndex(graph).terminal.has(state);
}

/** All states: by step in the graph's order, then the terminal ones. */
export function allStates<State extends string>(graph: Graph<State>): readonly State[] {
  return graphIndex(graph).states;
}

/** The state that every intent begins in: the first of the first step. */
export function initialState<State extends string>(graph: Graph<State>): State {
  const first = graph.steps[0]?.states[0];
  if (first === undefined) {
    throw new RangeError(`The graph ${graph.name}@${graph.version} has no initial state: validate it first`);
  }
  return first;
}
