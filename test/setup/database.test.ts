import { Client } from 'pg';
import { createTestDatabase } from './database';

test('clones of the template are migrated, apart from each other, and open to both roles', async () => {
  const databases = await Promise.all([createTestDatabase('first one'), createTestDatabase('second')]);
  for (const { ownerUrl, engineUrl } of databases) {
    for (const connectionString of [ownerUrl, engineUrl]) {
      const client = new Client({ connectionString });
      await client.connect();
      const { rows } = await client.query<{ count: number }>('SELECT count(*)::int FROM intent_workflows');
      await client.end();
      expect(rows).toEqual([{ count: 0 }]);
    }
  }
  expect(new Set(databases.map(({ name }) => name)).size).toBe(2);
  await Promise.all(databases.map((database) => database.drop()));
});
