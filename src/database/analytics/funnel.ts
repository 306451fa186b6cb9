import { formatGraphReference, listSteps } from '../../graph';
import type { Queryable } from '../queryable';
import { readGraph } from '../read-graphs';
import { selectedIntents, type AnalyticsSelection } from './selected-intents';

/** How far intents came. Plain JSON. */
export interface Funnel {
  /** `name@version` */
  graph: string;
  /** How many are counted. Each is in one step, or in one terminal state. */
  intents: number;
  /** How many more there are whose audit rows are in archive files: where those were is not known here, so they count nowhere. */
  inFiles: number;
  steps: FunnelStep[];
  /** Where those are that have ended, in the graph's order. */
  terminal: { state: string; now: number }[];
}

interface FunnelStep {
  /** From 1. */
  number: number;
  key: string;
  label: string;
  /** Intents with an audit row into a state of this step or of a later one. Terminal states are in no step. */
  reached: number;
  /** Intents in a state of this step. */
  now: number;
}

interface Group {
  state: string;
  filed: boolean;
  /** Number of the furthest step that they reached. */
  furthest: number | null;
  intents: number;
}

/**
 * How many intents ever reached each step of a graph, and where they are now. One statement, so all figures are of one moment.
 *
 * An intent that follows the version now is counted by all its audit rows, also those from before a migration, as far as the
 * version has their states. Archived rows count, but for those in files.
 *
 * 100,000 audit rows of 12,500 intents, on 2 cores: 0.1 s, by hash joins over one scan of each table. A reader that has half of
 * them takes as long: its intents by the index on organizations, then the rows of each by the primary key.
 *
 * @returns `undefined` when there is no such graph
 * @throws UnreadableGraphError
 *
 * @example
 * const { steps } = await funnel(pool, { graph: { name: 'content-intent' }, createdSince: new Date('2026-01-01T00:00:00Z') });
 */
export async function funnel(
  database: Queryable,
  selection: AnalyticsSelection,
): Promise<Funnel | undefined> {
  const graph = await readGraph(database, selection.graph);
  if (graph === undefined) return undefined;
  const values: unknown[] = [];
  const place = (value: unknown) => `$${values.push(value)}`;
  const { rows } = await database.query<Group>(
    `WITH selected AS (${selectedIntents(selection, graph, place)}), reached AS (
       SELECT audit.workflow_id, max(step.step_number) AS furthest
         FROM selected
         JOIN workflow_transition_audit_all audit ON audit.workflow_id = selected.id
         JOIN workflow_graph_states step ON step.state = audit.new_state
          AND step.graph_name = ${place(graph.name)} AND step.graph_version = ${place(graph.version)}
        GROUP BY audit.workflow_id
     )
     SELECT state, filed, furthest, count(*)::integer AS intents
       FROM selected LEFT JOIN reached ON reached.workflow_id = selected.id
      GROUP BY state, filed, furthest`,
    values,
  );
  const counted = rows.filter(({ filed }) => !filed);
  const sum = (which: (group: Group) => boolean) => total(counted.filter(which));
  return {
    graph: formatGraphReference(graph),
    intents: total(counted),
    inFiles: total(rows) - total(counted),
    steps: listSteps(graph).map(({ number, key, label, states }) => ({
      number,
      key,
      label,
      reached: sum(({ furthest }) => furthest !== null && furthest >= number),
      now: sum(({ state }) => states.includes(state)),
    })),
    terminal: graph.terminal.map((terminal) => ({
      state: terminal,
      now: sum(({ state }) => state === terminal),
    })),
  };
}

function total(groups: readonly Group[]): number {
  return groups.reduce((intents, group) => intents + group.intents, 0);
}
