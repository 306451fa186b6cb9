import { createHash, randomUUID } from 'node:crypto';

import { createApiKey, type NewApiKey } from '../../../src/database/api-keys/create-api-key';
import { findApiKeys } from '../../../src/database/api-keys/find-api-keys';
import { listApiKeys } from '../../../src/database/api-keys/list-api-keys';
import { noteUse } from '../../../src/database/api-keys/note-use';
import { revokeApiKey } from '../../../src/database/api-keys/revoke-api-key';
import { rotateApiKey } from '../../../src/database/api-keys/rotate-api-key';
import { refusal, useDatabase } from '../use-database';

const pools = useDatabase('api keys');

const organizationId = randomUUID();

function make(details: Partial<NewApiKey> = {}) {
  const wanted = { organizationId, name: 'web shop', actor: 'shop', scopes: ['read' as const], ...details };
  return createApiKey(pools.owner, wanted, 'ada');
}

interface Event {
  kind: string;
  actor: string | null;
  detail: Record<string, unknown>;
}

async function eventsOf(id: string): Promise<Event[]> {
  const { rows } = await pools.owner.query<Event>(
    'SELECT kind, actor, detail FROM intent_api_key_events WHERE key_id = $1 ORDER BY number',
    [id],
  );
  return rows;
}

test('a key is found by its text, as the gateway’s role, and by no other text', async () => {
  const { key, text } = await make();
  expect((await findApiKeys(pools.gateway, [text]))[0]).toEqual(key);
  const other = await make();
  const secretOfOther = other.text.replace(other.key.id, key.id);
  expect((await findApiKeys(pools.gateway, [secretOfOther]))[0]).toBeUndefined();
  expect((await findApiKeys(pools.gateway, [`${text}x`]))[0]).toBeUndefined();
  expect((await findApiKeys(pools.gateway, ['']))[0]).toBeUndefined();
});

test('Postgres keeps the hash of a key’s secret and nowhere the secret', async () => {
  const { key, text } = await make();
  const secret = text.slice(`intent_${key.id}_`.length);
  const { rows } = await pools.owner.query<{ text: string; secret_hash: Buffer }>(
    'SELECT to_jsonb(k)::text AS text, secret_hash FROM intent_api_keys k WHERE id = $1',
    [key.id],
  );
  expect(rows[0]?.secret_hash).toEqual(createHash('sha256').update(secret).digest());
  expect(rows[0]?.text).not.toContain(secret);
  expect(JSON.stringify(await eventsOf(key.id))).not.toMatch(/secret/);
});

test('a key that was revoked is still found, as revoked, and stays so', async () => {
  const { key, text } = await make();
  const revoked = await revokeApiKey(pools.owner, key.id, 'grace');
  expect(revoked?.revokedAt).toBeInstanceOf(Date);
  expect((await findApiKeys(pools.gateway, [text]))[0]).toEqual(revoked);
  expect(await revokeApiKey(pools.owner, key.id, 'grace')).toEqual(revoked);
  expect(
    await refusal(pools.owner.query('UPDATE intent_api_keys SET revoked_at = NULL WHERE id = $1', [key.id])),
  ).toBe('IE004');
  expect(await revokeApiKey(pools.owner, 'nobody', 'grace')).toBeUndefined();
});

describe('rotating', () => {
  const grace = (graceMs: number) => ({ graceMs, expiresAt: null, by: 'grace' });

  test('makes a key like the old one, which goes on for a while', async () => {
    const old = await make({ scopes: ['read', 'approve'], roles: ['supervisor'], requestsPerMinute: 7 });
    const rotated = await rotateApiKey(pools.owner, old.key.id, grace(60_000));
    if (typeof rotated === 'string') throw new Error(rotated);
    const { id: _, createdAt: __, replaces, ...rest } = rotated.key;
    expect(old.key).toMatchObject(rest);
    expect(replaces).toBe(old.key.id);
    expect((await findApiKeys(pools.gateway, [rotated.text]))[0]).toEqual(rotated.key);
    const left = ((await findApiKeys(pools.gateway, [old.text]))[0]?.expiresAt?.getTime() ?? 0) - Date.now();
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(60_000);
  });

  test('never lets the old one go on for longer than it would have', async () => {
    const expiresAt = new Date(Date.now() + 30_000);
    const { key, text } = await make({ expiresAt });
    await rotateApiKey(pools.owner, key.id, grace(3_600_000));
    expect((await findApiKeys(pools.gateway, [text]))[0]?.expiresAt).toEqual(expiresAt);
  });

  test('twice, or of a key that has ended, makes none', async () => {
    const { key } = await make();
    const both = await Promise.all([1, 2].map(() => rotateApiKey(pools.owner, key.id, grace(60_000))));
    expect(both.filter((result) => result === 'replaced')).toHaveLength(1);
    const ended = await make();
    await revokeApiKey(pools.owner, ended.key.id, 'grace');
    expect(await rotateApiKey(pools.owner, ended.key.id, grace(0))).toBe('revoked');
    expect(await rotateApiKey(pools.owner, 'nobody', grace(0))).toBe('unknown');
  });
});

test('whatever is done to a key is recorded with who did it, even by hand; its use is not', async () => {
  const { key } = await make();
  await pools.owner.query('UPDATE intent_api_keys SET expires_at = $2 WHERE id = $1', [key.id, new Date()]);
  await noteUse(pools.gateway, [key.id]);
  await revokeApiKey(pools.owner, key.id, 'grace');
  expect((await eventsOf(key.id)).map(({ kind, actor }) => [kind, actor])).toEqual([
    ['created', 'ada'],
    ['expiry changed', null],
    ['revoked', 'grace'],
  ]);
});

test('neither a key nor the record of what was done to it can be changed or taken away', async () => {
  const { key } = await make();
  for (const sql of [
    `UPDATE intent_api_keys SET scopes = '{admin}' WHERE id = '${key.id}'`,
    `UPDATE intent_api_keys SET organization_id = gen_random_uuid() WHERE id = '${key.id}'`,
    `DELETE FROM intent_api_keys WHERE id = '${key.id}'`,
    `UPDATE intent_api_key_events SET actor = 'nobody'`,
    'DELETE FROM intent_api_key_events',
    'TRUNCATE intent_api_key_events',
    'TRUNCATE intent_api_keys CASCADE',
  ]) {
    expect([sql, await refusal(pools.owner.query(sql))]).toEqual([sql, 'IE004']);
  }
});

test('the gateway’s role reads keys and notes their use, and can do no more', async () => {
  const { key } = await make();
  await noteUse(pools.gateway, [key.id]);
  const [noted] = (await listApiKeys(pools.owner, { organizationId })).filter(({ id }) => id === key.id);
  expect(noted?.lastUsedAt).toBeInstanceOf(Date);
  // Within the minute once is enough.
  await noteUse(pools.gateway, [key.id]);
  const [again] = (await listApiKeys(pools.owner, { organizationId })).filter(({ id }) => id === key.id);
  expect(again?.lastUsedAt).toEqual(noted?.lastUsedAt);

  for (const sql of [
    `UPDATE intent_api_keys SET revoked_at = NULL`,
    `UPDATE intent_api_keys SET scopes = '{admin}'`,
    `DELETE FROM intent_api_keys`,
    `INSERT INTO intent_api_keys (id) VALUES ('aaaaaaaaaaaa')`,
    `SELECT * FROM intent_api_key_events`,
    // By itself it sees no intent; for a request it becomes the reader.
    `SELECT * FROM intent_workflows`,
    `SELECT intent_create(gen_random_uuid(), gen_random_uuid(), '', '', 1, '', '{}', '', now(), gen_random_uuid())`,
  ]) {
    expect([sql, await refusal(pools.gateway.query(sql))]).toEqual([sql, '42501']);
  }
});

test('nobody but owner and gateway sees a key', async () => {
  expect(await refusal(pools.engine.query('SELECT * FROM intent_api_keys'))).toBe('42501');
  const asReader = 'BEGIN; SET LOCAL ROLE intent_reader; SELECT * FROM intent_api_keys';
  expect(await refusal(pools.gateway.query(asReader))).toBe('42501');
});
