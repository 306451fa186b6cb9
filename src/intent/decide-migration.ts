import { formatGraphReference, parseGraphReference, type Graph } from '../graph';
import type { DecidingIntent } from './deciding-intent';
import { refusedAsEnded } from './ended';
import { unmetExpectation } from './unmet-expectation';
import { migrationTarget, stateMapProblem } from './migration-target';
import type { MigrateRequest } from './request';
import { reject, type Deferred, type Verdict } from './verdict';

/** A registered graph, as it was asked for; or why there is none. */
export type LoadedGraph = { graph: Graph } | { problem: string };

/** Judges a request to follow another version of the graph as far as it can be without that version. */
export function beginMigration(intent: DecidingIntent, request: MigrateRequest): Verdict | Deferred {
  const refused = refusedWithoutGraph(intent, request);
  if (refused !== undefined) return refused;
  // One at a time: what waits travels through continue-as-new.
  if (intent.migration !== undefined) {
    return reject('LIMIT_REACHED', 'Another migration of the intent waits for its graph; try again later.');
  }
  return { status: 'deferred', request };
}

/** Judges it when the version is there. */
export function decideMigration(
  intent: DecidingIntent,
  request: MigrateRequest,
  loaded: LoadedGraph,
): Verdict {
  const refused = refusedAsEnded(intent) ?? refusedWithoutGraph(intent, request);
  if (refused !== undefined) return refused;
  if ('problem' in loaded) return reject('UNKNOWN_GRAPH', `graph: ${loaded.problem}`);
  const { graph } = loaded;
  const { map = {} } = request;
  const wrong = stateMapProblem(intent.graph, graph, map);
  if (wrong !== undefined) return reject(wrong.code, wrong.message);
  const conflict = unmetExpectation(intent, request);
  if (conflict !== undefined) return conflict;
  const target = migrationTarget(graph, intent.state, map);
  if (!target.ok) return reject(target.problem.code, target.problem.message);
  return { status: 'applied', newState: target.state, kind: 'migration', graph };
}

function refusedWithoutGraph({ graph }: DecidingIntent, request: MigrateRequest): Verdict | undefined {
  const parsed = parseGraphReference(request.graph);
  if (!parsed.ok) return reject('INVALID_REQUEST', `graph: ${parsed.message}`);
  const { name, version } = parsed.reference;
  if (name !== graph.name) {
    return reject(
      'INVALID_REQUEST',
      `graph: the intent follows ${formatGraphReference(graph)}, and can only go to another version of ${graph.name}.`,
    );
  }
  if (version !== graph.version) return undefined;
  return reject('ALREADY_IN_STATE', `The intent follows ${formatGraphReference(graph)} already.`);
}
