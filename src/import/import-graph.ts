import type { Pool } from 'pg';

import { graphFingerprint } from '../database/graph-fingerprint';
import { createPool } from '../database/pool';
import { readGraph, readGraphs } from '../database/read-graphs';
import { GraphVersionTakenError, registerGraph } from '../database/register-graph';
import {
  checkGraph,
  formatGraphReference,
  GraphValidationError,
  parseGraphReference,
  type Graph,
} from '../graph';
import { readGraphFile } from '../graph-file/read-graph-file';

/** The graph to import with is not registered, and can't be. */
export class ImportGraphError extends Error {
  override readonly name = 'ImportGraphError';
  constructor(
    message: string,
    /** What was asked for, where others are registered. */
    readonly wanted = '',
    readonly registered: readonly string[] = [],
  ) {
    super(message);
  }
}

/** A graph that Postgres has registered, by `name@version` or `name`, its newest version then. */
export async function registeredGraph(pool: Pool, text: string): Promise<Graph> {
  const parsed = parseGraphReference(text);
  if (!parsed.ok) throw new ImportGraphError(parsed.message);
  const graph = await readGraph(pool, parsed.reference);
  if (graph !== undefined) return graph;
  throw new ImportGraphError(
    `--graph: ${text} is not registered; register it with: intent graph register FILE`,
    text,
    (await readGraphs(pool)).map(formatGraphReference),
  );
}

/**
 * The graph of a file, registered as it stands there; as the owner where it is not registered yet.
 *
 * @throws ImportGraphError when it is not registered and there is no `ownerDatabaseUrl`; GraphVersionTakenError when
 *   it is registered otherwise; GraphFileError, GraphValidationError
 */
export async function graphOfFile(
  pool: Pool,
  file: string,
  ownerDatabaseUrl: string | undefined,
): Promise<{ graph: Graph; registered: boolean }> {
  const checked = checkGraph(await readGraphFile(file));
  if (!checked.ok) throw new GraphValidationError(checked.problems);
  const { graph } = checked;
  const reference = formatGraphReference(graph);
  const stored = await readGraph(pool, graph);
  if (stored !== undefined) {
    if (graphFingerprint(stored) === graphFingerprint(graph)) {
      return { graph, registered: false };
    }
    throw new GraphVersionTakenError(
      `${file}: ${reference} is registered already with another definition, and a registered version never ` +
        `changes. Raise \`version\`, or import with --graph ${reference}.`,
    );
  }
  if (ownerDatabaseUrl === undefined) {
    throw new ImportGraphError(
      `--graph-file: ${reference} is not registered. Set OWNER_DATABASE_URL, or register it as the owner's role: ` +
        `intent graph register ${file}`,
    );
  }
  const owner = createPool({ databaseUrl: ownerDatabaseUrl, applicationName: 'intent-cli', max: 1 });
  try {
    await registerGraph(owner, graph);
  } finally {
    await owner.end();
  }
  return { graph, registered: true };
}
