import type { Queryable } from '../database/queryable';
import { readVersions } from '../database/read-graphs';
import type { IntentFilter } from '../database/search-intents';
import { searchedStates } from '../database/searched-states';
import { formatGraphReference, parseGraphReference, type Graph, type GraphReference } from '../graph';
import { Problem, wrongField } from './problem';

/** Which intents a list asks for, as the query says it. */
export interface WantedIntents {
  state?: string[] | undefined;
  step?: string | undefined;
  graph?: string | undefined;
  createdSince?: string | undefined;
  createdBefore?: string | undefined;
  ended?: 'true' | 'false' | undefined;
}

/**
 * The filter for it.
 *
 * @throws Problem INVALID_ARGUMENT, GRAPH_NOT_FOUND
 */
export async function filterOf(database: Queryable, wanted: WantedIntents): Promise<IntentFilter> {
  const { state, step, graph, createdSince, createdBefore, ended } = wanted;
  if (step !== undefined && graph === undefined) {
    throw wrongField('query.step', 'a step is one of a graph; say of which, in query.graph');
  }
  const reference = graph === undefined ? undefined : referenceOf('query.graph', graph);
  const graphs = reference === undefined ? [] : await knownVersions(database, reference);
  const states = statesOf(graphs, state, step);
  return {
    ...(reference !== undefined && { graphName: reference.name }),
    ...(reference?.version !== undefined && { graphVersion: reference.version }),
    ...(createdSince !== undefined && { createdSince: new Date(createdSince) }),
    ...(createdBefore !== undefined && { createdBefore: new Date(createdBefore) }),
    ...(ended !== undefined && { ended: ended === 'true' }),
    ...(states !== undefined && { states }),
  };
}

/** @throws Problem INVALID_ARGUMENT */
export function referenceOf(field: string, text: string): GraphReference {
  const parsed = parseGraphReference(text);
  if (!parsed.ok) throw wrongField(field, parsed.message);
  return parsed.reference;
}

async function knownVersions(database: Queryable, reference: GraphReference): Promise<Graph[]> {
  const graphs = await readVersions(database, reference);
  if (graphs.length === 0) throw graphNotFound(reference);
  return graphs;
}

export function graphNotFound(reference: GraphReference): Problem {
  return new Problem(
    'GRAPH_NOT_FOUND',
    `${formatGraphReference(reference)} is not registered; GET /v1/graphs lists those that are.`,
  );
}

/** @throws Problem INVALID_ARGUMENT */
function statesOf(
  graphs: readonly Graph[],
  wanted: string[] | undefined,
  step: string | undefined,
): string[] | undefined {
  const states = searchedStates(graphs, wanted, step);
  if (states === undefined || Array.isArray(states)) return states;
  const { unknown, name, known } = states;
  throw unknown === 'state'
    ? wrongField('query.state', `the graph has no state ${name}`)
    : wrongField('query.step', `the graph has no step ${name}; it has ${known.join(', ')}`);
}
