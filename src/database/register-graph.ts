import type { Pool, PoolClient } from 'pg';

import {
  allStates,
  checkGraph,
  formatGraphReference,
  GraphValidationError,
  initialState,
  isTerminal,
  stepOf,
  type Graph,
} from '../graph';
import { jsonBytes, LIMITS } from '../intent';
import { graphFingerprint } from './graph-fingerprint';

/** A version is registered already, with another definition. A registered version never changes. */
export class GraphVersionTakenError extends Error {
  override readonly name = 'GraphVersionTakenError';
}

/**
 * Registers a graph: an act of the owner role, like a migration. Adds the states that the enum
 * `workflow_state` lacks. Registering the same definition again changes nothing.
 *
 * @returns whether the graph is new
 * @throws GraphValidationError with every problem, or {@link GraphVersionTakenError}
 */
export async function registerGraph(
  pool: Pool,
  definition: unknown,
): Promise<{ graph: Graph; registered: boolean }> {
  const checked = checkGraph(definition);
  if (!checked.ok) throw new GraphValidationError(checked.problems);
  const { graph } = checked;
  const bytes = jsonBytes(graph);
  if (bytes > LIMITS.graphBytes) {
    throw new RangeError(
      `A graph takes at most ${LIMITS.graphBytes} bytes as JSON; ${graph.name} takes ${bytes}.`,
    );
  }

  const client = await pool.connect();
  try {
    // Two registrations at once take turns.
    await client.query(`SELECT pg_advisory_lock(hashtext('intent-engine: register graph'))`);
    try {
      return { graph, registered: await register(client, graph) };
    } finally {
      await client.query(`SELECT pg_advisory_unlock(hashtext('intent-engine: register graph'))`);
    }
  } finally {
    client.release();
  }
}

async function register(client: PoolClient, graph: Graph): Promise<boolean> {
  const fingerprint = graphFingerprint(graph);
  const existing = await client.query<{ fingerprint: string }>(
    'SELECT fingerprint FROM workflow_graphs WHERE name = $1 AND version = $2',
    [graph.name, graph.version],
  );
  if (existing.rows[0] !== undefined) {
    if (existing.rows[0].fingerprint === fingerprint) return false;
    throw new GraphVersionTakenError(
      `${formatGraphReference(graph)} is registered already with another definition, and a registered version ` +
        `never changes. Raise \`version\` and register again.`,
    );
  }

  // A new label can be used only once the transaction that added it has committed.
  for (const state of allStates(graph)) {
    await client.query(`ALTER TYPE workflow_state ADD VALUE IF NOT EXISTS ${client.escapeLiteral(state)}`);
  }

  const states = allStates(graph).map((state) => {
    const step = stepOf(graph, state);
    return {
      state,
      step_number: step?.number ?? null,
      step_key: step?.key ?? null,
      terminal: isTerminal(graph, state),
    };
  });
  const edges = Object.entries(graph.transitions).flatMap(([from_state, targets]) =>
    (targets ?? []).map((to_state) => ({ from_state, to_state })),
  );
  // One statement, so one transaction: a graph is registered whole or not at all.
  await client.query(
    `WITH graph AS (
       INSERT INTO workflow_graphs (name, version, initial_state, definition, fingerprint) VALUES ($1, $2, $3, $4, $5)
     ), states AS (
       INSERT INTO workflow_graph_states (graph_name, graph_version, state, step_number, step_key, terminal)
       SELECT $1, $2, s.state, s.step_number, s.step_key, s.terminal
         FROM jsonb_to_recordset($6::jsonb)
           AS s (state workflow_state, step_number integer, step_key text, terminal boolean)
     )
     INSERT INTO workflow_graph_edges (graph_name, graph_version, from_state, to_state)
     SELECT $1, $2, e.from_state, e.to_state
       FROM jsonb_to_recordset($7::jsonb) AS e (from_state workflow_state, to_state workflow_state)`,
    [
      graph.name,
      graph.version,
      initialState(graph),
      JSON.stringify(graph),
      fingerprint,
      JSON.stringify(states),
      JSON.stringify(edges),
    ],
  );
  return true;
}
