import type { ApprovalRule } from './approval-rule';
import type { ChildrenRule } from './children-rule';
import type { DeadlineRule } from './deadline-rule';
import type { Graph } from './graph';
import type { GraphStep } from './graph-step';
import type { GuardRule } from './guard-rule';
import type { UndoRule } from './undo-rule';
import type { WorkRule } from './work-rule';

/** What look-ups need in constant time. Derived from the graph, never stored with it. */
interface GraphIndex<State extends string> {
  readonly steps: readonly GraphStep<State>[];
  readonly stepOfState: ReadonlyMap<string, GraphStep<State>>;
  readonly terminal: ReadonlySet<string>;
  // Maps, as a state may be called `constructor` or `toString`, which every plain object has.
  readonly exits: ReadonlyMap<string, readonly State[]>;
  readonly edges: ReadonlyMap<string, ReadonlySet<string>>;
  readonly states: readonly State[];
  readonly work: ReadonlyMap<string, WorkRule<State>>;
  readonly children: ReadonlyMap<string, ChildrenRule<State>>;
  readonly deadlines: ReadonlyMap<string, DeadlineRule<State>>;
  readonly undo: ReadonlyMap<string, UndoRule>;
  /** By `from`, then by `to`. */
  readonly approvals: ReadonlyMap<string, ReadonlyMap<string, ApprovalRule<State>>>;
  /** By `to`. */
  readonly guards: ReadonlyMap<string, EdgeGuards<State>>;
}

interface EdgeGuards<State extends string> {
  /** All that a transition needs, for those sources that a guard names. */
  readonly from: ReadonlyMap<string, readonly GuardRule<State>[]>;
  /** What it needs from any other source. */
  readonly fromAny: readonly GuardRule<State>[];
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
    work: byState(graph.work),
    children: byState(graph.children),
    deadlines: byState(graph.deadlines),
    undo: byState(graph.undo),
    approvals: approvalsByEdge(graph.approvals ?? []),
    guards: guardsByTarget(graph.guards ?? []),
  };
}

function byState<Rule>(rules: Readonly<Record<string, Rule | undefined>> = {}): Map<string, Rule> {
  return new Map(
    Object.entries(rules).flatMap(([state, rule]) => (rule === undefined ? [] : [[state, rule]])),
  );
}

function approvalsByEdge<State extends string>(
  approvals: readonly ApprovalRule<State>[],
): Map<string, Map<string, ApprovalRule<State>>> {
  const edges = new Map<string, Map<string, ApprovalRule<State>>>();
  for (const approval of approvals) {
    const known = edges.get(approval.from) ?? new Map<string, ApprovalRule<State>>();
    edges.set(approval.from, known.set(approval.to, approval));
  }
  return edges;
}

function guardsByTarget<State extends string>(
  guards: readonly GuardRule<State>[],
): Map<string, EdgeGuards<State>> {
  const targets = new Map<string, GuardRule<State>[]>();
  for (const guard of guards) targets.set(guard.to, [...(targets.get(guard.to) ?? []), guard]);
  return new Map(
    [...targets].map(([to, all]) => {
      const sources = new Set(all.flatMap(({ from }) => from ?? []));
      const needed = (source?: State) =>
        Object.freeze(all.filter(({ from }) => from === undefined || from === source));
      return [
        to,
        { from: new Map([...sources].map((source) => [source, needed(source)])), fromAny: needed() },
      ];
    }),
  );
}
