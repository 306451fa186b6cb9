import { randomUUID } from 'node:crypto';

import type { Pool } from 'pg';

import { inOrganization } from '../../../src/database/organization-session';
import { createWebhook } from '../../../src/database/webhooks/create-webhook';
import type { Webhook } from '../../../src/database/webhooks/webhook';
import { newSecret } from '../../../src/webhooks/sign';
import { refusal, useDatabase } from '../use-database';
import { ask, readerOf, useLogin } from './two-organizations';

const pools = useDatabase('tenants webhooks');
const openGateway = useLogin('IN ROLE intent_gateway');
const openReader = useLogin('IN ROLE intent_reader');

const [mine, theirs] = [randomUUID(), randomUUID()];
const TABLES = ['intent_webhooks', 'intent_webhook_secrets', 'intent_webhook_dead_letters'];
let gateway: Pool;
let reader: Pool;
let theirHook: Webhook;
let myHook: Webhook;

beforeAll(async () => {
  gateway = openGateway(pools.superuser);
  reader = openReader(pools.superuser);
  [myHook, theirHook] = (await Promise.all([mine, theirs].map(hookOf))) as [Webhook, Webhook];
  for (const { id, organizationId } of [myHook, theirHook]) {
    await pools.engine.query(
      `INSERT INTO intent_webhook_dead_letters (webhook_id, organization_id, position, workflow_id, kind, row_number,
         attempts, last_error, first_attempted_at, last_attempted_at)
       VALUES ($1, $2, 1, gen_random_uuid(), 'vote', 1, 1, 'no', now(), now())`,
      [id, organizationId],
    );
  }
});

function hookOf(organizationId: string): Promise<Webhook | undefined> {
  const url = 'https://hooks.example.com';
  const wanted = { organizationId, url, startPosition: 0, createdBy: 'ada', secret: newSecret() };
  return inOrganization(gateway, organizationId, (client) => createWebhook(client, wanted, 5));
}

const asMine = (sql: string) => ask(gateway, sql, { role: 'intent_gateway', ...readerOf(mine) });

test('the gateway sees the webhooks of the organization of its session, and none without one', async () => {
  for (const table of TABLES) {
    const sql = `SELECT DISTINCT organization_id FROM ${table}`;
    expect((await asMine(sql)).rows).toEqual([{ organization_id: mine }]);
    expect((await ask(gateway, sql, { role: 'intent_gateway' })).rows).toEqual([]);
  }
});

test('the gateway writes a secret, and reads none', async () => {
  for (const sql of [
    'SELECT secret FROM intent_webhook_secrets',
    'SELECT * FROM intent_webhook_secrets',
    'SELECT 1 FROM intent_webhook_secrets s WHERE s::text IS NOT NULL',
    `DELETE FROM intent_webhook_secrets WHERE secret LIKE 'whsec_A%'`,
    `UPDATE intent_webhook_secrets SET secret = 'whsec_${'A'.repeat(43)}='`,
    `INSERT INTO intent_webhook_secrets (webhook_id, organization_id, secret)
       VALUES ('${myHook.id}', '${mine}', 'whsec_${'A'.repeat(43)}=') RETURNING secret`,
  ]) {
    expect([sql, (await asMine(sql)).refused]).toEqual([sql, '42501']);
  }
});

test('the gateway writes nothing for another organization, and nothing of it', async () => {
  const hook = `INSERT INTO intent_webhooks (organization_id, url, start_position, position, created_by)
    VALUES ('${theirs}', 'https://a.example', 0, 0, 'ada')`;
  expect((await asMine(hook)).refused).toBe('42501');
  const secret = (
    organization: string,
  ) => `INSERT INTO intent_webhook_secrets (webhook_id, organization_id, secret)
    VALUES ('${theirHook.id}', '${organization}', 'whsec_${'A'.repeat(43)}=')`;
  expect((await asMine(secret(theirs))).refused).toBe('42501');
  // Signed with a secret of one's own, another's messages would be readable as one's own.
  expect((await asMine(secret(mine))).refused).toBe('23503');
  for (const sql of [
    `UPDATE intent_webhooks SET position = 7 WHERE id = '${theirHook.id}' RETURNING 1`,
    `UPDATE intent_webhook_secrets SET expires_at = now() WHERE webhook_id = '${theirHook.id}' RETURNING webhook_id`,
    `DELETE FROM intent_webhook_secrets WHERE webhook_id = '${theirHook.id}' RETURNING webhook_id`,
    `UPDATE intent_webhook_dead_letters SET replayed_at = now() WHERE webhook_id = '${theirHook.id}' RETURNING 1`,
  ]) {
    const { rows, refused } = await asMine(sql);
    expect([sql, refused, rows]).toEqual([sql, undefined, []]);
    const own = await asMine(sql.replace(theirHook.id, myHook.id));
    expect([sql, own.refused, own.rows.length]).toEqual([sql, undefined, 1]);
  }
  const moved = `UPDATE intent_webhooks SET organization_id = '${theirs}'`;
  expect((await asMine(moved)).refused).toBe('42501');
  await expect(refusal(inOrganization(gateway, mine, (client) => client.query(hook)))).resolves.toBe('42501');
});

test('a reader sees nothing of webhooks', async () => {
  for (const table of TABLES) {
    const { refused } = await ask(reader, `SELECT organization_id FROM ${table}`, readerOf(mine));
    expect([table, refused]).toEqual([table, '42501']);
  }
});
