import { createPool } from '../../src/database/pool';
import { registerGraph } from '../../src/database/register-graph';
import { parseGraph, type Graph } from '../../src/graph';
import type { TestDatabase } from './database';

/** Registers graphs in a test's database, as its owner. */
export async function register(database: TestDatabase, ...graphs: Graph[]): Promise<void> {
  const owner = createPool({ databaseUrl: database.ownerUrl, applicationName: 'test', max: 1 });
  try {
    for (const graph of graphs) {
      const parsed = parseGraph(graph);
      if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('; '));
      await registerGraph(owner, graph);
    }
  } finally {
    await owner.end();
  }
}
