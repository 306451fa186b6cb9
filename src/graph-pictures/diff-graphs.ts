import {
  allStates,
  formatGraphReference,
  hasEdge,
  hasState,
  initialState,
  isTerminal,
  listSteps,
  nextStates,
  stepOf,
  type Graph,
} from '../graph';
import { diffValues, type ValueChange } from './diff-values';
import { furtherKeys, isObject } from './further-keys';
import { longestKeptOrder } from './longest-kept-order';

/** A state with the key of its step; `null`: it is terminal. */
export interface PlacedState {
  readonly state: string;
  readonly step: string | null;
}

interface Edge {
  readonly from: string;
  readonly to: string;
}

/** What an intent of the older graph meets in the newer one. Plain JSON. */
export interface GraphDiff {
  /** `name@version` */
  readonly before: string;
  readonly after: string;
  /** Nothing differs but the name, the version and the order of states. */
  readonly same: boolean;
  readonly initial?: { readonly before: string; readonly after: string };
  readonly steps: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    /** Past others: a step whose number only follows from added and removed ones has not moved. */
    readonly moved: readonly { readonly step: string; readonly before: number; readonly after: number }[];
  };
  readonly states: {
    readonly added: readonly PlacedState[];
    readonly removed: readonly PlacedState[];
    readonly moved: readonly {
      readonly state: string;
      readonly before: string | null;
      readonly after: string | null;
    }[];
  };
  readonly edges: { readonly added: readonly Edge[]; readonly removed: readonly Edge[] };
  readonly terminal: { readonly added: readonly string[]; readonly removed: readonly string[] };
  /** All else that differs, by its path. */
  readonly values: readonly ValueChange[];
  /** States in which an intent of the older graph may be running and which the newer one does not have. */
  readonly stranded: readonly string[];
}

/** Compares two graphs, which must be valid. The order of states within a step or a list says nothing. */
export function diffGraphs(before: Graph, after: Graph): GraphDiff {
  const [oldFirst, newFirst] = [initialState(before), initialState(after)];
  const parts = {
    ...(oldFirst !== newFirst && { initial: { before: oldFirst, after: newFirst } }),
    steps: diffSteps(before, after),
    states: diffStates(before, after),
    edges: { added: edgesOnlyIn(after, before), removed: edgesOnlyIn(before, after) },
    terminal: {
      added: after.terminal.filter((state) => !isTerminal(before, state)),
      removed: before.terminal.filter((state) => !isTerminal(after, state)),
    },
    values: [...diffRules(before, after), ...diffLabels(before, after)],
  };
  const { initial, values, ...lists } = parts;
  const listed = Object.values(lists).flatMap((list) => Object.values<readonly unknown[]>(list));
  return {
    before: formatGraphReference(before),
    after: formatGraphReference(after),
    same: initial === undefined && values.length === 0 && listed.every(({ length }) => length === 0),
    ...parts,
    stranded: allStates(before).filter((state) => !isTerminal(before, state) && !hasState(after, state)),
  };
}

function diffSteps(before: Graph, after: Graph): GraphDiff['steps'] {
  const [old, now] = [numbersOfSteps(before), numbersOfSteps(after)];
  const kept = longestKeptOrder([...old.keys()], [...now.keys()]);
  return {
    added: [...now.keys()].filter((step) => !old.has(step)),
    removed: [...old.keys()].filter((step) => !now.has(step)),
    moved: [...now].flatMap(([step, number]) => {
      const earlier = old.get(step);
      return earlier === undefined || kept.has(step) ? [] : [{ step, before: earlier, after: number }];
    }),
  };
}

function numbersOfSteps(graph: Graph): Map<string, number> {
  return new Map(listSteps(graph).map(({ key, number }) => [key, number]));
}

function diffStates(before: Graph, after: Graph): GraphDiff['states'] {
  const stepKey = (graph: Graph, state: string) => stepOf(graph, state)?.key ?? null;
  const onlyIn = (graph: Graph, other: Graph): PlacedState[] =>
    allStates(graph)
      .filter((state) => !hasState(other, state))
      .map((state) => ({ state, step: stepKey(graph, state) }));
  return {
    added: onlyIn(after, before),
    removed: onlyIn(before, after),
    moved: allStates(after)
      .filter((state) => hasState(before, state) && stepKey(before, state) !== stepKey(after, state))
      .map((state) => ({ state, before: stepKey(before, state), after: stepKey(after, state) })),
  };
}

function edgesOnlyIn(graph: Graph, other: Graph): Edge[] {
  return allStates(graph).flatMap((from) =>
    nextStates(graph, from)
      .filter((to) => !hasEdge(other, from, to))
      .map((to) => ({ from, to })),
  );
}

/** A key that only one of them has is taken as empty in the other, so that each rule under it is named. */
function diffRules(before: Graph, after: Graph): ValueChange[] {
  const [old, now] = [furtherKeys(before), furtherKeys(after)];
  return diffValues({ ...emptied(now), ...old }, { ...emptied(old), ...now });
}

function emptied(keys: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(keys).flatMap(([key, value]) =>
      Array.isArray(value) ? [[key, []]] : isObject(value) ? [[key, {}]] : [],
    ),
  );
}

function diffLabels(before: Graph, after: Graph): ValueChange[] {
  const labels = new Map(listSteps(before).map(({ key, label }) => [key, label]));
  return listSteps(after).flatMap(({ key, label }) =>
    labels.has(key) ? diffValues(labels.get(key), label, `steps[${key}].label`) : [],
  );
}
