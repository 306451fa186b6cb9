import { randomUUID } from 'node:crypto';

import type { Pool } from 'pg';

import { stateAfter, type Contender, type Item } from './contender';

const SCHEMA = `
  CREATE SCHEMA IF NOT EXISTS bench;
  CREATE TABLE IF NOT EXISTS bench.items (
    id       uuid PRIMARY KEY,
    state    text NOT NULL,
    sequence integer NOT NULL
  );
  CREATE TABLE IF NOT EXISTS bench.audit (
    item_id        uuid NOT NULL REFERENCES bench.items,
    sequence       integer NOT NULL,
    request_id     text NOT NULL,
    previous_state text NOT NULL,
    new_state      text NOT NULL,
    actor          text NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (item_id, sequence),
    UNIQUE (item_id, request_id)
  );`;

/** The row lock of the UPDATE lets one of many callers through; for the others the state is no longer what they expect. */
const MOVE = {
  name: 'bench_move',
  text: `WITH moved AS (
           UPDATE bench.items SET state = $3, sequence = sequence + 1 WHERE id = $1 AND state = $2
           RETURNING sequence
         )
         INSERT INTO bench.audit (item_id, sequence, request_id, previous_state, new_state, actor)
         SELECT $1, sequence, $4, $2, $3, $5 FROM moved`,
};

/** The same two rows by one SQL statement, and nothing else: no process survives it, and a rejection leaves no trace. */
export async function plainPostgres(pool: Pool): Promise<Contender> {
  await pool.query(SCHEMA);
  return {
    key: 'plainPostgres',
    title: 'plain Postgres',
    inFlight: Infinity,
    mayFail: false,
    create: () => createRow(pool),
  };
}

async function createRow(pool: Pool): Promise<Item> {
  const id = randomUUID();
  await pool.query('INSERT INTO bench.items VALUES ($1, $2, 0)', [id, stateAfter(0)]);
  return {
    async move({ from, to }) {
      const { rowCount } = await pool.query({ ...MOVE, values: [id, from, to, randomUUID(), 'bench'] });
      return rowCount === 1;
    },
    async applied() {
      const { rows } = await pool.query<{ count: number }>(
        'SELECT count(*)::integer AS count FROM bench.audit WHERE item_id = $1',
        [id],
      );
      return rows[0]?.count ?? 0;
    },
  };
}
