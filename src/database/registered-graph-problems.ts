import { checkGraph, formatGraphProblem, type Graph } from '../graph';
import { graphFingerprint } from './graph-fingerprint';
import type { RegisteredGraph } from './read-graphs';

/** What is wrong with a registered graph as it stands in Postgres: it is valid when it is registered, and never changes. */
export function problemsOfRegistered({ definition, fingerprint, edges }: RegisteredGraph): string[] {
  const checked = checkGraph(definition);
  if (!checked.ok) return checked.problems.map(formatGraphProblem);
  const problems: string[] = [];
  if (graphFingerprint(checked.graph) !== fingerprint) {
    problems.push('the definition is not the one that was registered (its fingerprint differs)');
  }
  if (edgesOf(checked.graph).join() !== [...edges].sort().join()) {
    problems.push('workflow_graph_edges differs from the definition');
  }
  return problems;
}

function edgesOf(graph: Graph): string[] {
  return Object.entries(graph.transitions)
    .flatMap(([from, targets]) => (targets ?? []).map((to) => `${from} → ${to}`))
    .sort();
}
