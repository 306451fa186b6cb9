import type { Graph } from './graph';
import type { GraphStep } from './graph-step';

/** What look-ups need in constant time. Derived from the graph, never stored with it. */
interface GraphIndex<State extends string> {
  readonly steps: readonly GraphStep<State>[];
  readonly stepOfState: ReadonlyMap<string, GraphStep<State>>;
  readonly terminal: ReadonlySet<string>;
  // Maps, as a state may be called `constructor` or `toString`, which every plain object has.
  readonly exits: ReadonlyMap<string, readonly State[]>;
  readonly edges: ReadonlyMap<string, ReadonlySet<string>>;
  readonly states: readonly State[];
}

const indexes = new WeakMap<object, GraphIndex<string>>();

/** The index of a graph, built at the first use of the object. */
export function graphIndex<State extends string>(graph: Graph<State>): GraphIndex<State> {
  let index = indexes.get(graph) as GraphIndex<State> | undefined;
  if (index === undefined) {
    index = buildIndex(graph);
    indexes.set(graph, index);
  }
  return index;
}

function buildIndex<State extends string>(graph: Graph<State>): GraphIndex<State> {
  const steps = graph.steps.map(({ key, label, states }, place) =>
    Object.freeze({ number: place + 1, key, label, states: Object.freeze([...states]) }),
  );
  const exits = new Map(
    Object.entries<readonly State[] | undefined>(graph.transitions).map(([state, targets]) => [
      state,
      Object.freeze([...(targets ?? [])]),
    ]),
  );
  return {
    steps: Object.freeze(steps),
    stepOfState: new Map(steps.flatMap((step) => step.states.map((state) => [state, step]))),
    terminal: new Set(graph.terminal),
    exits,
    edges: new Map([...exits].map(([state, targets]) => [state, new Set(targets)])),
    states: Object.freeze([...new Set([...graph.steps.flatMap((step) => step.states), ...graph.terminal])]),
  };
}
