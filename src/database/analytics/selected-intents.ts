import type { Graph, GraphReference } from '../../graph';
import { conditionsOf, type IntentFilter } from '../search-intents';

/** Which intents are counted; whatever is left out does not narrow it. */
export interface AnalyticsSelection extends Pick<
  IntentFilter,
  'organizationId' | 'createdSince' | 'createdBefore'
> {
  /** Intents that follow this version now; its newest one when none is given. */
  graph: GraphReference;
}

/**
 * A query for these intents: `id`, `state`, and as `filed` whether their audit rows are in an archive file. Such intents have
 * ended, and nothing but their state is known here.
 *
 * @param graph that the selection names
 * @param place makes a parameter of a value
 */
export function selectedIntents(
  { graph: _, ...filter }: AnalyticsSelection,
  { name, version }: Graph,
  place: (value: unknown) => string,
): string {
  const conditions = conditionsOf({ ...filter, graphName: name, graphVersion: version }, place);
  return `SELECT id, state,
                 EXISTS (SELECT FROM intent_archives
                          WHERE intent_archives.workflow_id = id AND intent_archives.file IS NOT NULL) AS filed
            FROM intent_workflows WHERE ${conditions.join(' AND ')}`;
}
