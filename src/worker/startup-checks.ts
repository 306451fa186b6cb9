import type { Pool } from 'pg';

import { graphFingerprint } from '../database/graph-fingerprint';
import { schemaProblem } from '../database/pending-migrations';
import { readGraphs, type RegisteredGraph } from '../database/read-graphs';
import { problemsOfRegistered } from '../database/registered-graph-problems';
import { BUILTIN_GRAPHS, checkGraph, formatGraphProblem, formatGraphReference } from '../graph';

/** Why a worker must not start; the message lists everything that was found. */
export class StartupCheckError extends Error {
  override readonly name = 'StartupCheckError';
}

/** A graph that the worker was told to expect, and where it comes from. */
export interface ExpectedGraph {
  source: string;
  definition: unknown;
}

/** Throws a {@link StartupCheckError} when the database lacks migrations that this version needs. */
export async function checkMigrations(pool: Pool): Promise<void> {
  const problem = await schemaProblem(pool);
  if (problem !== undefined) throw new StartupCheckError(problem);
}

/**
 * Throws a {@link StartupCheckError} that lists every problem of every graph: of the registered ones, of the
 * built-in ones, and of those that the worker was told to expect.
 */
export async function checkGraphs(pool: Pool, expected: readonly ExpectedGraph[]): Promise<void> {
  const registered = await readGraphs(pool);
  const builtin = BUILTIN_GRAPHS.map((definition) => ({ source: 'built-in', definition }));
  const problems = [
    ...registered.flatMap((graph) =>
      problemsOfRegistered(graph).map((problem) => `${formatGraphReference(graph)} (registered): ${problem}`),
    ),
    ...[...builtin, ...expected].flatMap((graph) => problemsOfExpected(graph, registered)),
  ];
  if (problems.length > 0) {
    throw new StartupCheckError(
      ['Workflow graph validation failed', ...problems.map((line) => `  ${line}`)].join('\n'),
    );
  }
}

function problemsOfExpected(
  { source, definition }: ExpectedGraph,
  registered: readonly RegisteredGraph[],
): string[] {
  const checked = checkGraph(definition);
  if (!checked.ok) return checked.problems.map((problem) => `${source}: ${formatGraphProblem(problem)}`);
  const { graph } = checked;
  const reference = formatGraphReference(graph);
  const match = registered.find(({ name, version }) => name === graph.name && version === graph.version);
  if (match === undefined)
    return [`${source}: ${reference} is not registered; run: intent graph register FILE`];
  return match.fingerprint === graphFingerprint(graph)
    ? []
    : [`${source}: ${reference} is registered with another definition; raise its version and register it`];
}
