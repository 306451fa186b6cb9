import { allStates, formatGraphReference, isTerminal, stepOf } from '../../graph';
import type { Queryable } from '../queryable';
import { readGraph } from '../read-graphs';
import { selectedIntents, type AnalyticsSelection } from './selected-intents';

/** How long intents stay in each state. Plain JSON. */
export interface TimeInState {
  /** `name@version` */
  graph: string;
  /** How many intents are counted. */
  intents: number;
  /** How many more there are whose audit rows are in archive files: they count nowhere. */
  inFiles: number;
  /** In the graph's order; then those that only earlier versions have, of intents that were migrated. */
  states: StateTimes[];
}

interface StateTimes {
  state: string;
  /** Key of its step; `null` for terminal states, and for those of earlier versions. */
  step: string | null;
  terminal: boolean;
  /** How often it was entered. */
  visits: number;
  /** Of these, those that go on; in a terminal state, of intents that have ended in it. */
  open: number;
  /** Of the visits that are over; `null` without any. */
  seconds: { median: number; p90: number; p99: number; mean: number; max: number } | null;
}

type Row = Pick<StateTimes, 'state' | 'visits' | 'open' | 'seconds'>;

/**
 * What `intent_begins_stay` says, for rows of the views, which are of no table's type. A pause, a resumption, and a migration
 * that leaves the intent where it is are rows in the middle of a stay.
 */
export const BEGINS_STAY = `(kind NOT IN ('pause', 'resume') AND NOT (kind = 'migration' AND previous_state = new_state))`;

/**
 * How long intents stay in each state: a visit lasts from the row that began it to the next row that begins one. A transition
 * along a self edge begins another visit; the time for which an intent is paused counts. By `transitioned_at`, which apps give
 * for imports: a visit that ended before it began took no time.
 *
 * An intent that follows the version now is counted with all its audit rows, also those from before a migration. Archived rows
 * count, but for those in files.
 *
 * 100,000 audit rows of 12,500 intents, on 2 cores: 0.5 s. A hash join over one scan of each table is 0.07 s of it; the rest is two
 * sorts, by intent and sequence and by state, which go to disk with the default `work_mem` of 4 MB. A reader that has half of them
 * gets them by the primary key, intent by intent, and sorts in memory: 0.45 s.
 *
 * @returns `undefined` when there is no such graph
 * @throws UnreadableGraphError
 *
 * @example
 * const times = await timeInState(pool, { graph: { name: 'content-intent', version: 1 } });
 * console.log(times?.states.find(({ state }) => state === 'SEED_REVIEW_PENDING')?.seconds?.p90);
 */
export async function timeInState(
  database: Queryable,
  selection: AnalyticsSelection,
): Promise<TimeInState | undefined> {
  const graph = await readGraph(database, selection.graph);
  if (graph === undefined) return undefined;
  const values: unknown[] = [];
  const { rows } = await database.query<{ intents: number; filed: number; states: Row[] }>(
    `WITH selected AS (${selectedIntents(selection, graph, (value) => `$${values.push(value)}`)}), stay AS (
       SELECT new_state AS state, transitioned_at AS began,
              lead(transitioned_at) OVER (PARTITION BY workflow_id ORDER BY sequence) AS ended
         FROM workflow_transition_audit_all JOIN selected ON selected.id = workflow_id
        WHERE ${BEGINS_STAY}
     ), visit AS (
       SELECT state, CASE WHEN ended IS NOT NULL
                          THEN greatest(extract(epoch FROM ended - began)::double precision, 0) END AS seconds
         FROM stay
     ), times AS (
       SELECT state, count(*) AS visits, count(*) FILTER (WHERE seconds IS NULL) AS open,
              CASE WHEN count(seconds) > 0 THEN json_build_object(
                'median', percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds),
                'p90', percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds),
                'p99', percentile_cont(0.99) WITHIN GROUP (ORDER BY seconds),
                'mean', avg(seconds), 'max', max(seconds)) END AS seconds
         FROM visit GROUP BY state
     )
     SELECT count(*) FILTER (WHERE NOT filed)::integer AS intents, count(*) FILTER (WHERE filed)::integer AS filed,
            (SELECT coalesce(json_agg(times ORDER BY state), '[]') FROM times) AS states
       FROM selected`,
    values,
  );
  const [{ intents, filed, states: times } = { intents: 0, filed: 0, states: [] }] = rows;
  const byState = new Map(times.map((row) => [row.state, row]));
  const states = new Set([...allStates(graph), ...byState.keys()]);
  return {
    graph: formatGraphReference(graph),
    intents,
    inFiles: filed,
    states: [...states].map((state) => ({
      state,
      step: stepOf(graph, state)?.key ?? null,
      terminal: isTerminal(graph, state),
      visits: byState.get(state)?.visits ?? 0,
      open: byState.get(state)?.open ?? 0,
      seconds: byState.get(state)?.seconds ?? null,
    })),
  };
}
