import type { ApprovalRule } from './approval-rule';
import type { ChildrenRule } from './children-rule';
import type { DeadlineRule } from './deadline-rule';
import type { Graph } from './graph';
import { graphIndex } from './graph-index';
import type { GuardRule } from './guard-rule';
import type { UndoRule } from './undo-rule';
import type { WorkRule } from './work-rule';

/** The activity that is run when a state is entered, if there is one. */
export function workOf<State extends string>(
  graph: Graph<State>,
  state: string,
): WorkRule<State> | undefined {
  return graphIndex(graph).work.get(state);
}

/** The children that are started when a state is entered, if there are any. */
export function childrenOf<State extends string>(
  graph: Graph<State>,
  state: string,
): ChildrenRule<State> | undefined {
  return graphIndex(graph).children.get(state);
}

/** When a state is left by itself, if ever. */
export function deadlineOf<State extends string>(
  graph: Graph<State>,
  state: string,
): DeadlineRule<State> | undefined {
  return graphIndex(graph).deadlines.get(state);
}

/** The activity that undoes what entering a state has done, if there is one. */
export function undoOf(graph: Graph, state: string): UndoRule | undefined {
  return graphIndex(graph).undo.get(state);
}

/** The approvals that a transition needs, if it needs any. */
export function approvalOf<State extends string>(
  graph: Graph<State>,
  from: string,
  to: string,
): ApprovalRule<State> | undefined {
  return graphIndex(graph).approvals.get(from)?.get(to);
}

/** The transitions out of a state that need approvals. */
export function approvalsFrom<State extends string>(
  graph: Graph<State>,
  from: string,
): readonly ApprovalRule<State>[] {
  return [...(graphIndex(graph).approvals.get(from)?.values() ?? [])];
}

/** The conditions of a transition, in the graph's order: those of this one and those of every transition to `to`. */
export function guardsOf<State extends string>(
  graph: Graph<State>,
  from: string,
  to: string,
): readonly GuardRule<State>[] {
  const guards = graphIndex(graph).guards.get(to);
  return guards?.from.get(from) ?? guards?.fromAny ?? [];
}
