import { expressionProblem } from './expression-problem';
import type { Graph } from './graph';
import { leadsTo, type GraphFacts } from './graph-facts';
import type { GraphProblem } from './graph-problem';

/** Judges what a graph says of transitions: approvals and guards. */
export function* edgeRuleProblems(graph: Graph, facts: GraphFacts): Generator<GraphProblem> {
  yield* approvalProblems(graph, facts);
  yield* guardProblems(graph, facts);
}

function* approvalProblems(graph: Graph, facts: GraphFacts): Generator<GraphProblem> {
  const edges = new Set<string>();
  for (const [i, { from, to, count, roles, distinctRoles }] of (graph.approvals ?? []).entries()) {
    const path = `approvals[${i}]`;
    yield* edgeProblem(from, to, path, facts);
    if (edges.has(`${from} ${to}`)) {
      const message = `The transition from ${from} to ${to} has approvals twice: merge them.`;
      yield { code: 'DUPLICATE_APPROVAL', message, path };
    }
    edges.add(`${from} ${to}`);

    const known = new Set<string>();
    for (const [place, role] of roles.entries()) {
      if (known.has(role)) {
        const message = `The approval from ${from} to ${to} lists role ${role} twice: list it once.`;
        yield { code: 'DUPLICATE_ROLE', message, path: `${path}.roles[${place}]` };
      }
      known.add(role);
    }
    if (distinctRoles === true && count > known.size) {
      const message = `The approval from ${from} to ${to} needs ${count} distinct roles, but lists ${known.size}: add roles or lower \`count\`.`;
      yield { code: 'TOO_FEW_ROLES', message, path: `${path}.count` };
    }
  }
}

function* guardProblems(graph: Graph, facts: GraphFacts): Generator<GraphProblem> {
  const names = new Set<string>();
  // Asked for once, and only if there is a guard that needs it.
  let targets: ReadonlySet<string> | undefined;
  for (const [i, { name, from, to, when }] of (graph.guards ?? []).entries()) {
    const path = `guards[${i}]`;
    if (names.has(name)) {
      const message = `Two guards are called \`${name}\`: rename one.`;
      yield { code: 'DUPLICATE_GUARD', message, path: `${path}.name` };
    }
    names.add(name);
    if (from !== undefined) {
      yield* edgeProblem(from, to, path, facts);
    } else if (!facts.covered.has(to)) {
      yield unknownState(to, `${path}.to`);
    } else {
      targets ??= new Set([...facts.exits.values()].flat());
      if (!targets.has(to)) {
        const message = `Guard \`${name}\` is for transitions to ${to}, but no state leads there: correct \`to\`, or add a transition.`;
        yield { code: 'RULE_WITHOUT_EDGE', message, path };
      }
    }
    yield* expressionProblem(when, 'condition', `${path}.when`);
  }
}

function* edgeProblem(from: string, to: string, path: string, facts: GraphFacts): Generator<GraphProblem> {
  const unknown = [
    ...(facts.covered.has(from) ? [] : [unknownState(from, `${path}.from`)]),
    ...(facts.covered.has(to) ? [] : [unknownState(to, `${path}.to`)]),
  ];
  yield* unknown;
  if (unknown.length === 0 && !leadsTo(facts, from, to)) {
    const message = `\`${path}\` is about the transition from ${from} to ${to}, which the graph does not have: correct the names, or add it to \`transitions\`.`;
    yield { code: 'RULE_WITHOUT_EDGE', message, path };
  }
}

function unknownState(state: string, path: string): GraphProblem {
  const message = `\`${path}\` names state ${state}, which is in no step and not terminal: correct the name, or add the state.`;
  return { code: 'UNKNOWN_RULE_STATE', message, path };
}
