import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { exportJWK, generateKeyPair } from 'jose';
import { Client } from 'pg';

import { createPool } from '../../src/database/pool';
import { createApiKey, type NewApiKey } from '../../src/database/api-keys/create-api-key';
import { capturedRun } from '../cli/captured-run';
import { createTestDatabase, type TestDatabase } from '../setup/database';
import { fromEnvironment } from '../setup/intent-environment';
import { runChecked, runOne, seen } from './run-check';

let good: TestDatabase;
beforeAll(async () => {
  good = await createTestDatabase('preflight');
});
afterAll(() => good?.drop());

function envOf({ engineUrl, ownerUrl, gatewayUrl }: TestDatabase): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    DATABASE_URL: engineUrl,
    OWNER_DATABASE_URL: ownerUrl,
    GATEWAY_DATABASE_URL: gatewayUrl,
    TEMPORAL_ADDRESS: fromEnvironment('TEST_TEMPORAL_ADDRESS'),
  };
}

const check = (name: string, env: NodeJS.ProcessEnv = envOf(good), args: string[] = []) =>
  runOne('preflight', name, env, args);

/** What a check says of a database of its own in which a superuser has done something. */
async function checkAfter(statements: string, name: string, args: string[] = []) {
  const database = await createTestDatabase(`preflight ${name}`);
  try {
    await asSuperuser(database, (client) => client.query(statements));
    return await check(name, envOf(database), args);
  } finally {
    await database.drop();
  }
}

async function asSuperuser<T>(database: TestDatabase, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: database.superuserUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function makeKey(database: TestDatabase, more: Partial<NewApiKey> = {}): Promise<string> {
  const owner = createPool({ databaseUrl: database.ownerUrl, applicationName: 'test', max: 1 });
  try {
    const wanted: NewApiKey = {
      organizationId: randomUUID(),
      name: 'shop',
      actor: 'shop',
      scopes: ['read'],
      ...more,
    };
    return (await createApiKey(owner, wanted, 'tests')).key.id;
  } finally {
    await owner.end();
  }
}

const ALL = [
  'backup',
  'environment',
  'connection-engine',
  'connection-owner',
  'connection-gateway',
  'pooler',
  'temporal',
].concat([
  'tests',
  'types',
  'freeze',
  'stress',
  'authentication',
  'row-level-security',
  'api-keys',
  'audit-logging',
  'migration-state',
]);

test('on a good deployment everything holds but what nobody has shown, and nothing of it is left', async () => {
  await makeKey(good, { expiresAt: new Date(Date.now() + 90 * 86_400_000) });
  const { exitCode, checks } = await runChecked(['preflight'], envOf(good));
  const statuses = Object.fromEntries([...checks.values()].map(({ name, status }) => [name, status]));
  const shown = ['backup', 'tests', 'types', 'freeze', 'stress'];
  expect(statuses).toEqual({
    ...Object.fromEntries(ALL.map((name) => [name, shown.includes(name) ? 'failed' : 'passed'])),
    pooler: 'skipped',
  });
  expect([...checks.keys()]).toEqual(ALL);
  expect(exitCode).toBe(1);
  const left = await asSuperuser(good, (client) => client.query('SELECT FROM intent_workflows'));
  expect(left.rows).toEqual([]);
  const rest = await runChecked(['preflight', '--skip', shown.join(',')], envOf(good));
  expect(rest.exitCode).toBe(0);
  expect(rest.checks.get('backup')).toMatchObject({ status: 'skipped', saw: ['left out by --skip backup'] });
});

test('no password is in what it prints or reports', async () => {
  const secret = 's3cret-that-is-nowhere';
  const url = new URL(good.engineUrl);
  url.password = secret;
  const env = { ...envOf(good), DATABASE_URL: url.href };
  const { stdout, stderr } = await capturedRun(['preflight'], env);
  expect(stdout).toContain('failed  before 3    Database connection, as the engine');
  expect(stdout + stderr).not.toContain(secret);
});

test.each([
  ['--only', 'enviroment', 'Did you mean environment?'],
  ['--skip', 'bakup', 'Did you mean backup?'],
])('%s with a name that there is not is wrong usage', async (option, name, suggestion) => {
  const { exitCode, stdout, stderr } = await capturedRun(['preflight', option, name], envOf(good));
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toContain(suggestion);
});

describe('environment', () => {
  test.each([
    [{ DATABASE_URL: '' }, 'DATABASE_URL is not set'],
    [{ OWNER_DATABASE_URL: undefined }, 'OWNER_DATABASE_URL is not set'],
    [{ DATABASE_URL: 'mysql://a@b/c' }, 'DATABASE_URL: must be postgres://'],
    [{ TEMPORAL_ADDRESS: undefined }, 'TEMPORAL_ADDRESS is not set'],
    [{ DATABASE_POOL_SIZE: 'many' }, 'DATABASE_POOL_SIZE'],
    [{ INTENT_WORKFLOW_TASKS: '1' }, 'INTENT_WORKFLOW_TASKS'],
    [{ INTENT_WORKER_VERSIONING: 'yes' }, 'INTENT_WORKER_VERSIONING'],
    [{ INTENT_JWKS_URL: 'https://issuer.example.com/keys' }, 'set all three'],
    [
      { GATEWAY_DATABASE_URL: '', INTENT_GATEWAY_ADDRESS: '127.0.0.1:8333' },
      'GATEWAY_DATABASE_URL is not set',
    ],
  ])('with %j it fails: %s', async (change, message) => {
    // No profile file of whoever runs the tests.
    const env = { ...envOf(good), TEMPORAL_CONFIG_FILE: '/nonexistent', INTENT_CONFIG_FILE: '', ...change };
    const report = await check('environment', env);
    expect(report.status).toBe('failed');
    expect(seen(report)).toContain(message);
  });

  test('--require names further ones', async () => {
    const args = ['--require', 'APP_SECRET'];
    expect(seen(await check('environment', envOf(good), args))).toBe(
      'APP_SECRET is not set, and --require names it',
    );
    expect(await check('environment', { ...envOf(good), APP_SECRET: 'x' }, args)).toMatchObject({
      status: 'passed',
    });
  });
});

describe('connections', () => {
  test('a wrong password, and a server that is not there', async () => {
    const wrong = new URL(good.engineUrl);
    wrong.password = 'wrong';
    expect(seen(await check('connection-engine', { ...envOf(good), DATABASE_URL: wrong.href }))).toContain(
      'password authentication failed',
    );
    const away = await check('connection-owner', {
      ...envOf(good),
      OWNER_DATABASE_URL: 'postgres://a:b@127.0.0.1:1/x',
    });
    expect(away).toMatchObject({
      status: 'failed',
      saw: [expect.stringContaining('ECONNREFUSED') as string],
    });
  });

  test('the roles must be the right ones', async () => {
    const { ownerUrl, engineUrl, gatewayUrl } = good;
    const as = (role: string, env: NodeJS.ProcessEnv) =>
      check(`connection-${role}`, { ...envOf(good), ...env });
    expect(seen(await as('engine', { DATABASE_URL: ownerUrl }))).toContain('intent_owner owns the tables');
    expect(seen(await as('engine', { DATABASE_URL: gatewayUrl }))).toContain(
      'intent_gateway is not intent_engine',
    );
    expect(seen(await as('engine', { DATABASE_URL: good.superuserUrl }))).toContain(
      'stands above row level security',
    );
    expect(seen(await as('owner', { OWNER_DATABASE_URL: engineUrl }))).toContain(
      'intent_engine does not own',
    );
    expect(seen(await as('gateway', { GATEWAY_DATABASE_URL: engineUrl }))).toContain(
      'intent_engine is not intent_gateway',
    );
    expect(await as('gateway', { GATEWAY_DATABASE_URL: '' })).toMatchObject({ status: 'skipped' });
  });

  test('a login with BYPASSRLS is refused, though it is a member of the engine', async () => {
    const role = `rollout_${randomUUID().slice(0, 8)}`;
    await asSuperuser(good, async (client) => {
      await client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'x' IN ROLE intent_engine`);
      try {
        const url = Object.assign(new URL(good.engineUrl), { username: role, password: 'x' }).href;
        const env = { ...envOf(good), DATABASE_URL: url };
        expect(await check('connection-engine', env)).toMatchObject({ status: 'passed' });
        await client.query(`ALTER ROLE ${role} BYPASSRLS`);
        expect(seen(await check('connection-engine', env))).toBe(
          `${role} stands above row level security, by the role ${role}`,
        );
      } finally {
        await client.query(`DROP ROLE ${role}`);
      }
    });
  });
});

describe('pooler', () => {
  test('is skipped where there is none, and looked through where there is one', async () => {
    expect(await check('pooler')).toMatchObject({ status: 'skipped' });
    expect(await check('pooler', envOf(good), ['--pooler'])).toMatchObject({ status: 'passed' });
  });

  test('fails where it does not answer, and where migrations would go through it', async () => {
    const pooled = (url: string) => Object.assign(new URL(url), { port: '6432' }).href;
    const env = { ...envOf(good), DATABASE_URL: pooled(good.engineUrl) };
    expect(seen(await check('pooler', env))).toContain('ECONNREFUSED');
    const owner = { ...envOf(good), OWNER_DATABASE_URL: pooled(good.ownerUrl) };
    expect(seen(await check('pooler', owner))).toContain('OWNER_DATABASE_URL leads to a pooler');
  });
});

describe('temporal', () => {
  test('fails where it does not answer, and where there is no such namespace', async () => {
    const away = await check('temporal', { ...envOf(good), TEMPORAL_ADDRESS: '127.0.0.1:1' });
    expect(seen(away)).toContain('Temporal does not answer at 127.0.0.1:1');
    const lost = await check('temporal', { ...envOf(good), TEMPORAL_NAMESPACE: 'nowhere' });
    expect(seen(lost)).toContain('there is no namespace nowhere');
  });

  test('fails where histories are kept for less than a backup may be old', async () => {
    const report = await check('temporal', envOf(good), ['--backup-max-age', '9000d']);
    expect(seen(report)).toContain('less than a backup may be old');
  });
});

describe('row level security', () => {
  test.each([
    [
      'ALTER TABLE workflow_transition_audit DISABLE ROW LEVEL SECURITY',
      'row level security of workflow_transition_audit is off',
    ],
    [
      'DROP POLICY reader_reads_own ON intent_workflows',
      'missing, or another one: CREATE POLICY reader_reads_own ON intent_workflows',
    ],
    [
      'ALTER POLICY reader_reads_own ON intent_workflows USING (true)',
      'missing, or another one: CREATE POLICY reader_reads_own',
    ],
    [
      'CREATE POLICY open ON intent_workflows FOR SELECT TO PUBLIC USING (true)',
      'not of the migrations: CREATE POLICY open ON intent_workflows',
    ],
  ])('%s is found', async (statement, finding) => {
    const report = await checkAfter(statement, 'row-level-security');
    expect(report.status).toBe('failed');
    expect(seen(report)).toContain(finding);
  });

  test('a stranger who sees rows is found by reading them', async () => {
    const report = await checkAfter(
      `ALTER POLICY reader_reads_own ON intent_workflows USING (true);
       SELECT intent_create(gen_random_uuid(), gen_random_uuid(), gen_random_uuid()::text, 'content-intent', NULL, 'x', NULL, 'x', now(), NULL, false, NULL)`,
      'row-level-security',
    );
    expect(seen(report)).toContain('a reader of another organization sees rows of intent_workflows');
  });
});

describe('audit logging', () => {
  test.each([
    ['check_change ON', 'workflow_transition_audit', 'check_change', 'an audit row could be changed'],
    ['check_move ON', 'intent_workflows', 'check_move', 'a state could be moved by hand'],
    [
      'refuse_delete ON',
      'intent_workflows',
      'refuse_delete',
      'the trigger refuse_delete of intent_workflows is not in force',
    ],
  ])('%s a disabled trigger is found, and what it lets through', async (_, table, trigger, finding) => {
    const report = await checkAfter(`ALTER TABLE ${table} DISABLE TRIGGER ${trigger}`, 'audit-logging');
    expect(report.status).toBe('failed');
    expect(seen(report)).toContain(`the trigger ${trigger} of ${table} is not in force`);
    expect(seen(report)).toContain(finding);
  });

  test('a trigger that is there and does nothing is found by trying', async () => {
    const report = await checkAfter(
      `CREATE OR REPLACE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN coalesce(NEW, OLD); END';
       DROP TRIGGER check_change ON workflow_transition_audit;
       CREATE TRIGGER check_change BEFORE UPDATE OR DELETE ON workflow_transition_audit FOR EACH ROW EXECUTE FUNCTION nothing()`,
      'audit-logging',
    );
    expect(report.saw).toEqual(['an audit row could be changed', 'an audit row could be deleted']);
  });
});

describe('migration state', () => {
  test.each([
    ['DROP INDEX idx_intent_workflows_state', 'the index idx_intent_workflows_state is missing'],
    [
      `UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'idx_intent_workflows_state'::regclass`,
      'is not valid',
    ],
    [`DELETE FROM pgmigrations WHERE name LIKE '000012%'`, '1 migrations are missing: 000012_webhooks'],
    [
      `INSERT INTO pgmigrations (name, run_on) VALUES ('009999_later', now())`,
      'the database is newer than this program: 009999_later',
    ],
  ])('%s is found', async (statement, finding) => {
    const report = await checkAfter(statement, 'migration-state');
    expect(report.status).toBe('failed');
    expect(seen(report)).toContain(finding);
  });

  test('a database without any of it', async () => {
    const report = await checkAfter(
      'DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION intent_owner',
      'migration-state',
    );
    expect(seen(report)).toContain('intent_workflows.state is missing');
    expect(seen(report)).toContain('the table workflow_transition_audit is missing');
  });
});

describe('authentication', () => {
  const KEYS = `INSERT INTO intent_api_keys (id, organization_id, name, actor, secret_hash, scopes, created_at, expires_at, last_used_at)
    VALUES ('aaaaaaaaaaaa', gen_random_uuid(), 'shop', 'shop', decode(repeat('00', 32), 'hex'), '{read}', now() - interval '99 days',`;

  test('without a key and an issuer nobody can come in', async () => {
    const report = await checkAfter('SELECT 1', 'authentication');
    expect(seen(report)).toBe('no key is valid, and no issuer of tokens is set: nobody can come in');
  });

  test('a key in use that has ended is named, and one that is about to is warned of', async () => {
    const ended = await checkAfter(
      `${KEYS} now() - interval '1 hour', now() - interval '2 hours')`,
      'authentication',
    );
    expect(seen(ended)).toMatch(/the key aaaaaaaaaaaa \(shop\) ended at .*, and was in use until then/);
    const ending = await checkAfter(`${KEYS} now() + interval '1 day', now())`, 'authentication');
    expect(ending).toMatchObject({
      status: 'passed',
      warnings: [expect.stringContaining('is in use and ends at') as string],
    });
  });

  describe('with an issuer of tokens', () => {
    let issuer: Server;
    let answer = { status: 200, body: '' };
    let env: NodeJS.ProcessEnv;
    beforeAll(async () => {
      issuer = createServer((_, response) => response.writeHead(answer.status).end(answer.body));
      await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
      const { port } = issuer.address() as AddressInfo;
      env = {
        INTENT_JWKS_URL: `http://127.0.0.1:${port}/keys`,
        INTENT_JWT_ISSUER: 'https://issuer.example.com',
        INTENT_JWT_AUDIENCE: 'intents',
      };
    });
    afterAll(() => issuer.close());
    const checkIssuer = () => check('authentication', { ...envOf(good), ...env });

    test('its keys are read', async () => {
      const { publicKey } = await generateKeyPair('ES256', { extractable: true });
      answer = {
        status: 200,
        body: JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256' }] }),
      };
      const report = await checkIssuer();
      expect(report).toMatchObject({ status: 'passed' });
      expect(seen(report)).toContain('1 keys of the issuer');
    });

    test.each([
      ['is away', 503, ''],
      ['answers with a page', 200, '<html>'],
      ['has no keys', 200, '{"keys":[]}'],
      ['has a key that is none', 200, '{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}'],
      ['has a shared secret alone', 200, '{"keys":[{"kty":"oct","k":"AAAA"}]}'],
    ])('one that %s fails', async (_, status, body) => {
      answer = { status, body };
      expect(seen(await checkIssuer())).toContain("INTENT_JWKS_URL: the keys of the issuer can't be read");
    });
  });
});

describe('API keys', () => {
  test('a role that may read hashes is named', async () => {
    const report = await checkAfter('GRANT SELECT ON intent_api_keys TO intent_engine', 'api-keys');
    expect(seen(report)).toBe('the role intent_engine may read the hashes of keys');
  });

  test('the text of a key in a column for people is found', async () => {
    const text = `intent_abcdefghijkl_${'A'.repeat(43)}`;
    const report = await checkAfter(
      `INSERT INTO intent_api_keys (id, organization_id, name, actor, secret_hash, scopes)
       VALUES ('bbbbbbbbbbbb', gen_random_uuid(), '${text}', 'x', decode(repeat('00', 32), 'hex'), '{read}')`,
      'api-keys',
    );
    expect(seen(report)).toContain('the key bbbbbbbbbbbb holds the text of a key');
    expect(seen(report)).not.toContain('AAAA');
  });

  test('one without an end that is old is warned of', async () => {
    const args = ['--key-max-age', '0s'];
    const database = await createTestDatabase('preflight old key');
    try {
      const id = await makeKey(database);
      const report = await check('api-keys', envOf(database), args);
      expect(report).toMatchObject({
        status: 'passed',
        warnings: [expect.stringContaining(`intent keys rotate ${id}`) as string],
      });
    } finally {
      await database.drop();
    }
  });
});
