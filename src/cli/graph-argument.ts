import { readGraph, readGraphs } from '../database/read-graphs';
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
    const registered = (await readGraphs(pool)).map(formatGraphReference);
    const text = formatGraphReference(reference);
    throw new CommandError(
      `${text} is not registered${suggest(text, registered)}. Registered: ${registered.join(', ') || 'none'}`,
    );
  });
}
