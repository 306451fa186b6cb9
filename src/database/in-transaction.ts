import type { Pool, PoolClient } from 'pg';

/**
 * Runs `work` in one transaction, which is rolled back when it throws.
 *
 * @param begin statement that opens it; may say more about it
 */
export async function inTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  { begin = 'BEGIN' }: { begin?: string } = {},
): Promise<T> {
  const client = await pool.connect();
  // A connection that is lost between two statements would otherwise end the process; the next one reports it.
  const lost = () => undefined;
  client.on('error', lost);
  let failed = false;
  try {
    await client.query(begin);
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    failed = true;
    throw error;
  } finally {
    // Closing the connection rolls back, whatever state it is in.
    client.release(failed);
    if (!failed) client.off('error', lost);
  }
}
