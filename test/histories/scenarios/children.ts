import type { Pool } from 'pg';

import { batchGraph, pieceGraph } from '../../setup/batch-graphs';
import { eventually } from '../../setup/eventually';
import type { Scenario } from '../scenario';

/** Two of three children are enough: the third is cancelled. */
const children: Scenario = {
  graphs: [pieceGraph, batchGraph('batch', { until: 2 })],
  async play({ intents, pool, temporal, organizationId }) {
    const metadata = { pieces: [{ piece: 1 }, { piece: 2 }, { piece: 3 }] };
    const { id } = await intents.create({ organizationId, graph: 'batch', title: 'children', metadata });
    await intents.transition(id, { to: 'RUNNING' });
    const [first, second, third] = await eventually(() => piecesOf(pool, id));
    await intents.transition(first, { to: 'DONE' });
    await intents.transition(second, { to: 'BROKEN' });
    await intents.waitForState(id, 'RAN');
    await temporal.workflow.getHandle(third).result();
    await intents.transition(id, { to: 'DONE' });
    await temporal.workflow.getHandle(id).result();
    return [id, first, third];
  },
};

async function piecesOf(pool: Pool, id: string): Promise<[string, string, string]> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT id FROM intent_workflows WHERE parent_id = $1 ORDER BY metadata ->> 'piece'`,
    [id],
  );
  const [first, second, third] = rows.map((row) => row.id);
  if (first === undefined || second === undefined || third === undefined) throw new Error('Too few yet.');
  return [first, second, third];
}

export default children;
