import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { graphFingerprint } from '../../src/database/graph-fingerprint';
import { CHECKOUT } from '../../src/dev/checkout';
import {
  BUILTIN_GRAPHS,
  checkGraph,
  formatGraphReference,
  GraphValidationError,
  type Graph,
} from '../../src/graph';
import { readGraphFile } from '../../src/graph-file/read-graph-file';
import { incompatible, notFrozen, type Change } from './change';
import { differences, formatDifferences } from './differences';

export interface FrozenGraph {
  /** `builtin`: migrating registers it in every database. `example`: people may have registered it. */
  readonly source: 'builtin' | 'example' | 'gone';
  readonly graph: Graph;
}

/** The graphs that come with the engine, and those of `examples`. */
export async function presentGraphs(): Promise<FrozenGraph[]> {
  const graphs = BUILTIN_GRAPHS.map((graph): FrozenGraph => ({ source: 'builtin', graph }));
  const examples = join(CHECKOUT, 'examples');
  for (const folder of readdirSync(examples)) {
    for (const name of ['graph.ts', 'graph.json']) {
      const path = join(examples, folder, name);
      if (!existsSync(path)) continue;
      const checked = checkGraph(await readGraphFile(path));
      if (!checked.ok) throw new GraphValidationError(checked.problems);
      graphs.push({ source: 'example', graph: checked.graph });
    }
  }
  return graphs;
}

/** A graph keeps its definition for as long as it has its version. Pure. */
export function compareGraphs(frozen: readonly FrozenGraph[], present: readonly FrozenGraph[]): Change[] {
  const now = byReference(present);
  const then = byReference(frozen);
  const changes: Change[] = [];
  for (const [reference, { source, graph }] of then) {
    const subject = `graph ${reference}`;
    const today = now.get(reference)?.graph;
    if (today === undefined) {
      if (source !== 'builtin') continue;
      changes.push(incompatible(subject, 'is no longer built in', GONE));
    } else if (graphFingerprint(graph) !== graphFingerprint(today)) {
      const what = `has another definition under the same version: ${formatDifferences(differences(graph, today))}`;
      changes.push(incompatible(subject, what, RAISE));
    }
  }
  for (const reference of now.keys()) {
    if (!then.has(reference)) changes.push(notFrozen(`graph ${reference}`, 'is new'));
  }
  return changes;
}

const RAISE =
  'Restore the definition, and give the changed one the next version: databases have registered the old one, and refuse another.';
const GONE =
  'Keep it in BUILTIN_GRAPHS beside its newer version: apps name it, and a new database would not have it.';

function byReference(graphs: readonly FrozenGraph[]): Map<string, FrozenGraph> {
  return new Map(graphs.map((frozen) => [formatGraphReference(frozen.graph), frozen]));
}
