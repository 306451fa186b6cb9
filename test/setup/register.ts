import { createPool } from '../../src/database/pool';
import { registerGraph } from '../../src/database/register-graph';
import type { Graph } from '../../src/graph';
import type { TestDatabase } from './database';

/** Registers graphs, as the owner does. */
export async function register({ ownerUrl }: TestDatabase, ...graphs: Graph[]): Promise<void> {
  const owner = createPool({ databaseUrl: ownerUrl, applicationName: 'test register', max: 1 });
  try {
    for (const graph of graphs) await registerGraph(owner, graph);
  } finally {
    await owner.end();
  }
}
