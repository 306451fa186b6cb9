import { randomUUID } from 'node:crypto';

import { createPool } from '../../src/database/pool';
import { findApiKeys } from '../../src/database/api-keys/find-api-keys';
import { createTestDatabase, type TestDatabase } from '../setup/database';
import { capturedRun } from './captured-run';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase('cli-keys');
});
afterAll(() => database?.drop());

const run = (...args: string[]) => capturedRun(['keys', ...args], { OWNER_DATABASE_URL: database.ownerUrl });
const organization = randomUUID();
const CREATE = ['create', '--organization', organization, '--name', 'web shop', '--scope', 'read'];

async function found(text: string) {
  const pool = createPool({ databaseUrl: database.gatewayUrl, applicationName: 'test', max: 1 });
  try {
    return (await findApiKeys(pool, [text]))[0];
  } finally {
    await pool.end();
  }
}

test('create prints the key alone on standard output, and what it is on standard error', async () => {
  const { exitCode, stdout, stderr } = await run(...CREATE, '--scope', 'transition', '--expires-in', '90d');
  expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^intent_[a-z0-9]{12}_[\w-]{43}\n$/)]);
  expect(stderr).toMatch(/^Made the key [a-z0-9]{12} \(web shop\), read, transition, until 20/);
  expect(await found(stdout.trim())).toMatchObject({
    organizationId: organization,
    actor: 'api-key:web shop',
    scopes: ['read', 'transition'],
  });
});

test('list shows keys and never a secret; rotate and revoke end them', async () => {
  const created = JSON.parse((await run(...CREATE, '--json')).stdout) as { id: string; key: string };
  const rotated = JSON.parse(
    (await run('rotate', created.id, '--grace', '0s', '--json')).stdout,
  ) as typeof created;
  expect((await run('revoke', rotated.id, '--by', 'grace')).stdout).toContain(
    `Revoked the key ${rotated.id}`,
  );
  const all = await run('list', '--organization', organization, '--all');
  expect(all.stdout).toMatch(new RegExp(` ${created.id} .* expired `));
  expect(all.stdout).toMatch(new RegExp(` ${rotated.id} .* revoked `));
  for (const { key } of [created, rotated]) expect(all.stdout).not.toContain(key.slice(20));
  const valid = await run('list', '--organization', organization, '--json');
  expect(JSON.parse(valid.stdout)).not.toContainEqual(expect.objectContaining({ id: rotated.id }));
});

test.each([
  [['create'], /--organization/],
  [
    [...CREATE.slice(0, 5), '--scope', 'aprove'],
    /Not a scope: read, transition, approve, admin. \(Did you mean approve\?\)/,
  ],
  [[...CREATE, '--scope', 'approve'], /^error: --role: a key with the scope approve/],
  [[...CREATE, '--expires-in', 'soon'], /Not a duration, such as 90d/],
  [
    ['create', '--organization', 'acme', '--name', 'x', '--scope', 'read'],
    /--organization: must be a UUID, not "acme"/,
  ],
])('wrong usage is named, and nothing is made: %j', async (args, message) => {
  const { exitCode, stdout, stderr } = await run(...args);
  expect([exitCode, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)]);
});

test('a key that is not there is named', async () => {
  for (const act of ['rotate', 'revoke']) {
    const { exitCode, stderr } = await run(act, 'nobody');
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('nobody: There is no key of this id')]);
  }
});

test('the engine’s role may not make keys, and is told which may', async () => {
  const { exitCode, stderr } = await capturedRun(['keys', ...CREATE], {
    OWNER_DATABASE_URL: database.engineUrl,
  });
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('Set OWNER_DATABASE_URL')]);
});
