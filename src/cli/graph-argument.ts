import { readGraph, readGraphs, type RegisteredGraph } from '../database/read-graphs';
import {
  checkGraph,
  formatGraphReference,
  GraphValidationError,
  parseGraphReference,
  type Graph,
  type GraphReference,
} from '../graph';
import { readGraphFile } from '../graph-file/read-graph-file';
import { CommandError, UsageError, type Cli } from './cli';
import { databaseUrl, resolveEnvironment } from './environment';
import { withDatabase } from './open-database';
import { suggest } from './suggest';

/** What `graphFromArgument` takes, for helps. */
export const GRAPH_ARGUMENT =
  'a registered graph as name@version, or name for its newest version; or a graph file';

/**
 * The graph that an argument names: a registered one, or that of a file. A file's name has a dot or a slash in it, which
 * references have not.
 *
 * @throws CommandError when it is not registered; UsageError; GraphFileError; GraphValidationError
 */
export async function graphFromArgument(cli: Cli, argument: string): Promise<Graph> {
  if (/[./\\]/.test(argument)) {
    const checked = checkGraph(await readGraphFile(argument));
    if (!checked.ok) throw new GraphValidationError(checked.problems);
    return checked.graph;
  }
  const parsed = parseGraphReference(argument);
  if (!parsed.ok)
    throw new UsageError(`${parsed.message} A file is written with its ending, or as ./${argument}.`);
  return registeredGraph(cli, parsed.reference);
}

async function registeredGraph(cli: Cli, reference: GraphReference): Promise<Graph> {
  return withDatabase(databaseUrl(resolveEnvironment(cli)), async (pool) => {
    const graph = await readGraph(pool, reference);
    if (graph !== undefined) return graph;
    throw notRegistered(reference, await readGraphs(pool));
  });
}

/**
 * The error for a reference that is none of those that are registered.
 *
 * @param field where it was written, such as `--graph: `
 */
export function notRegistered(
  reference: GraphReference,
  registered: readonly Pick<RegisteredGraph, 'name' | 'version'>[],
  field = '',
): CommandError {
  const text = formatGraphReference(reference);
  const known = registered.map(formatGraphReference);
  const similar = reference.version === undefined ? registered.map(({ name }) => name) : known;
  return new CommandError(
    `${field}${text} is not registered${suggest(text, similar)}. Registered: ${known.join(', ') || 'none'}`,
  );
}
