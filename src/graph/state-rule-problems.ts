import type { ChildrenRule } from './children-rule';
import { deadlineProblems } from './deadline-problems';
import { expressionProblem } from './expression-problem';
import type { Graph } from './graph';
import { leadsTo, type GraphFacts } from './graph-facts';
import type { GraphProblem } from './graph-problem';

/** Judges what a graph says of single states: work, children, deadlines, undo and cancellation. */
export function* stateRuleProblems(graph: Graph, facts: GraphFacts): Generator<GraphProblem> {
  const approved = new Set((graph.approvals ?? []).map(({ from, to }) => `${from} ${to}`));
  for (const [state, { success, failure }] of rulesOf(graph.work)) {
    const path = `work.${state}`;
    yield* stateProblems(state, path, facts);
    yield* edgeProblem(state, success, `${path}.success`, facts, approved);
    yield* edgeProblem(state, failure, `${path}.failure`, facts, approved);
  }
  for (const [state, rule] of rulesOf(graph.children)) {
    const path = `children.${state}`;
    yield* stateProblems(state, path, facts);
    yield* childrenProblems(graph, state, rule);
    yield* edgeProblem(state, rule.done, `${path}.done`, facts, approved);
    yield* edgeProblem(state, rule.failed, `${path}.failed`, facts, approved);
  }
  for (const [state, rule] of rulesOf(graph.deadlines)) {
    const path = `deadlines.${state}`;
    yield* stateProblems(state, path, facts);
    yield* edgeProblem(state, rule.to, `${path}.to`, facts, approved);
    yield* deadlineProblems(state, rule);
  }
  for (const [state] of rulesOf(graph.undo)) yield* stateProblems(state, `undo.${state}`, facts);
  yield* cancellationProblems(graph, facts, approved);
}

function rulesOf<Rule>(rules: Readonly<Record<string, Rule | undefined>> = {}): [string, Rule][] {
  return Object.entries(rules).flatMap(([state, rule]) => (rule === undefined ? [] : [[state, rule]]));
}

/** Whether a state can have a rule at all. */
function* stateProblems(
  state: string,
  path: string,
  { covered, terminal }: GraphFacts,
): Generator<GraphProblem> {
  if (!covered.has(state)) {
    const message = `\`${path}\` is about state ${state}, which is in no step: correct the name, or add the state.`;
    yield { code: 'UNKNOWN_RULE_STATE', message, path };
  } else if (terminal.has(state)) {
    const message = `\`${path}\` is about the terminal state ${state}, in which nothing happens any more: remove it.`;
    yield { code: 'TERMINAL_WITH_RULE', message, path };
  }
}

/** Whether the engine can make the transition that a rule asks for. */
function* edgeProblem(
  from: string,
  to: string | undefined,
  path: string,
  facts: GraphFacts,
  approved: ReadonlySet<string>,
): Generator<GraphProblem> {
  if (to === undefined) return;
  if (!facts.covered.has(to)) {
    const message = `\`${path}\` names state ${to}, which is in no step and not terminal: correct the name, or add the state.`;
    yield { code: 'UNKNOWN_RULE_STATE', message, path };
  } else if (facts.covered.has(from) && !facts.terminal.has(from) && !leadsTo(facts, from, to)) {
    const message = `\`${path}\` needs the transition from ${from} to ${to}: add ${to} to \`transitions.${from}\`.`;
    yield { code: 'RULE_WITHOUT_EDGE', message, path };
  } else if (approved.has(`${from} ${to}`)) {
    const message = `\`${path}\` makes the transition from ${from} to ${to} by itself, but it needs approvals: remove it from \`approvals\`, or lead to another state.`;
    yield { code: 'AUTOMATIC_WITH_APPROVAL', message, path };
  }
}

function* childrenProblems(graph: Graph, state: string, rule: ChildrenRule): Generator<GraphProblem> {
  const path = `children.${state}`;
  if (graph.work !== undefined && Object.hasOwn(graph.work, state)) {
    const message = `State ${state} has both work and children: give them states of their own.`;
    yield { code: 'CONFLICTING_RULES', message, path };
  }
  if (rule.counts !== undefined && rule.failed === undefined) {
    const message = `\`${path}\` has \`counts\`, so it must say in \`failed\` which state follows when too few children can still count.`;
    yield { code: 'MISSING_FAILED', message, path };
  }
  yield* expressionProblem(rule.items, 'list', `${path}.items`);
}

function* cancellationProblems(
  graph: Graph,
  facts: GraphFacts,
  approved: ReadonlySet<string>,
): Generator<GraphProblem> {
  const { cancellation } = graph;
  if (cancellation === undefined) {
    if (rulesOf(graph.undo).length === 0) return;
    const message =
      'There are undos: say in `cancellation` in which state they run, and which follows when one fails.';
    yield { code: 'MISSING_CANCELLATION', message, path: 'undo' };
    return;
  }

  const { through, failed } = cancellation;
  yield* stateProblems(through, 'cancellation.through', facts);
  for (const key of ['work', 'children', 'undo'] as const) {
    if (!Object.hasOwn(graph[key] ?? {}, through)) continue;
    const path = `${key}.${through}`;
    const message = `Cancellation leads through state ${through}, which so has no ${key}: remove \`${path}\`.`;
    yield { code: 'CONFLICTING_RULES', message, path };
  }
  if (facts.terminal.has('CANCELLED')) {
    yield* edgeProblem(through, 'CANCELLED', 'cancellation.through', facts, approved);
  } else {
    const message = 'Cancellation ends in CANCELLED: add that state to `terminal`.';
    yield { code: 'CANCELLED_NOT_TERMINAL', message, path: 'cancellation' };
  }
  yield* edgeProblem(through, failed, 'cancellation.failed', facts, approved);
}
