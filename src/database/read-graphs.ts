import { formatGraphReference, parseGraph, type Graph, type GraphReference } from '../graph';
import type { Queryable } from './queryable';

/** What is stored of a registered graph is no graph to this code. */
export class UnreadableGraphError extends Error {
  override readonly name = 'UnreadableGraphError';
}

/** A registered graph, as stored: its definition is checked by whoever uses it. */
export interface RegisteredGraph {
  name: string;
  version: number;
  definition: unknown;
  fingerprint: string;
  /** The edges that Postgres enforces, as `FROM → TO`, sorted. */
  edges: string[];
}

/**
 * Registered graphs, by name and version.
 *
 * @param reference only those that it means: one version, or all of a name; default: all
 */
export async function readGraphs(
  database: Queryable,
  reference?: GraphReference,
): Promise<RegisteredGraph[]> {
  const result = await database.query<RegisteredGraph>(
    `SELECT g.name, g.version, g.definition, g.fingerprint,
            ARRAY(SELECT e.from_state || ' → ' || e.to_state FROM workflow_graph_edges e
                   WHERE e.graph_name = g.name AND e.graph_version = g.version
                   ORDER BY 1) AS edges
       FROM workflow_graphs g
      WHERE ($1::text IS NULL OR g.name = $1) AND ($2::integer IS NULL OR g.version = $2)
      ORDER BY g.name, g.version`,
    [reference?.name ?? null, reference?.version ?? null],
  );
  return result.rows;
}

/**
 * The registered versions that a reference means: one, or all of a name; none where there is none.
 *
 * @throws UnreadableGraphError
 */
export async function readVersions(database: Queryable, reference: GraphReference): Promise<Graph[]> {
  return (await readGraphs(database, reference)).map(graphOf);
}

/**
 * One registered graph, its newest version when none is given; `undefined` when there is none.
 *
 * @throws UnreadableGraphError
 */
export async function readGraph(database: Queryable, reference: GraphReference): Promise<Graph | undefined> {
  const { rows } = await database.query<Pick<RegisteredGraph, 'definition'>>({
    name: 'read_graph',
    text: `SELECT definition FROM workflow_graphs
            WHERE name = $1 AND ($2::integer IS NULL OR version = $2) ORDER BY version DESC LIMIT 1`,
    values: [reference.name, reference.version ?? null],
  });
  return rows[0] && graphOf({ ...reference, ...rows[0] });
}

/**
 * The graph that is stored as a registered one.
 *
 * @throws UnreadableGraphError
 */
function graphOf({ definition, ...reference }: GraphReference & Pick<RegisteredGraph, 'definition'>): Graph {
  const parsed = parseGraph(definition);
  if (parsed.ok) return parsed.graph;
  throw new UnreadableGraphError(`The graph ${formatGraphReference(reference)} in Postgres can't be read.`);
}
