import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { CHECKOUT } from '../../src/dev/checkout';
import { createApiKey } from '../../src/database/api-keys/create-api-key';
import { createPool } from '../../src/database/pool';
import { readJunit } from '../../src/rollout/junit/read-junit';
import { PREFLIGHT_CHECKS } from '../../src/rollout/preflight';
import { ROLLBACK_CHECKS } from '../../src/rollout/rollback';
import { SMOKE_CHECKS } from '../../src/rollout/smoke';
import {
  createIntentEnvironment,
  fromEnvironment,
  ORGANIZATION,
  type IntentEnvironment,
} from '../setup/intent-environment';
import { killLeftovers, startWorkerProcess, type WorkerProcess } from '../setup/worker-process';
import { dumpOf, recordedDump } from './fresh-dump';

/** `npx intent` is the built command line, and its test intents go to the worker of this test. */
const NPX = `npx() {
  shift
  command=$1
  shift
  case "$command" in preflight | smoke | rollback-check) set -- --task-queue "$TASK_QUEUE" "$@" ;; esac
  node "$CHECKOUT/dist/cli/main.js" "$command" "$@"
}`;

interface Block {
  place: string;
  language: string;
  text: string;
}

const PAGE = readFileSync(join(CHECKOUT, 'docs', 'deployment.md'), 'utf8');
const BLOCKS = [...PAGE.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(
  ({ 1: language = '', 2: text = '', index }): Block => ({
    place: `docs/deployment.md:${PAGE.slice(0, index).split('\n').length + 1}`,
    language,
    text,
  }),
);
const RUN = BLOCKS.filter(({ language }) => language === 'sh' || language === 'sql');

let environment: IntentEnvironment;
let worker: WorkerProcess;
let folder: string;
let env: Record<string, string>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'intent-deployment-'));
  environment = await createIntentEnvironment('deployment');
  const { database, taskQueue } = environment;
  env = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    INTENT_CONFIG_FILE: '',
    DATABASE_URL: database.engineUrl,
    OWNER_DATABASE_URL: database.ownerUrl,
    GATEWAY_DATABASE_URL: database.gatewayUrl,
    TEMPORAL_ADDRESS: fromEnvironment('TEST_TEMPORAL_ADDRESS'),
    TASK_QUEUE: taskQueue,
    CHECKOUT,
  };
  worker = startWorkerProcess(['--task-queue', taskQueue, '--no-operations'], env);
  await worker.sees('Worker ready');
  await makeKey();
  await prepareFiles();
}, 120_000);
afterAll(async () => {
  worker?.kill('SIGTERM');
  await worker?.exited;
  killLeftovers();
  await environment?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Somebody can come in. */
async function makeKey(): Promise<void> {
  const pool = createPool({ databaseUrl: environment.database.ownerUrl, applicationName: 'test', max: 1 });
  const key = { organizationId: ORGANIZATION, name: 'shop', actor: 'shop', scopes: ['read' as const] };
  await createApiKey(pool, { ...key, expiresAt: new Date(Date.now() + 90 * 86_400_000) }, 'tests');
  await pool.end();
}

/** What the blocks that are not run would have left: a backup, the log of the worker, and the results of CI. */
async function prepareFiles(): Promise<void> {
  await writeFile(join(folder, 'intent.dump'), dumpOf(await recordedDump(), new Date()));
  await writeFile(join(folder, 'worker.log'), worker.output.join('\n'));
  const checkout = join(folder, 'checkout');
  await mkdir(checkout);
  const scripts = Object.fromEntries(
    ['test', 'typecheck', 'freeze:verify', 'test:faults'].map((name) => [name, 'node -e 0 --']),
  );
  await writeFile(
    join(checkout, 'package.json'),
    JSON.stringify({ name: 'checkout', private: true, scripts }),
  );
  const inCi = BLOCKS.find(({ text }) => text.includes('--full'))?.text.trim();
  await sh(`${inCi} --checkout checkout`);
}

async function sh(text: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('sh', ['-euc', `${NPX}\n${text}`], { cwd: folder, env });
    return stdout;
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    throw Object.assign(new Error(`${text}\nended with ${code}:\n${stdout}${stderr}`), { code, stdout });
  }
}

test('there are blocks of each part to run, and none is left out unseen', () => {
  expect(RUN.map(({ language }) => language)).toEqual([
    'sh',
    'sh',
    'sh',
    'sql',
    'sh',
    'sh',
    'sql',
    'sql',
    'sh',
  ]);
  const others = BLOCKS.filter((block) => !RUN.includes(block)).map(({ text }) => text.trim());
  expect(others).toEqual([
    'npx intent preflight --full --only tests,types,freeze,stress --junit ci.xml',
    'pg_dump --format=custom --file=intent.dump "$OWNER_DATABASE_URL"',
    'node dist/worker/main.js > worker.log 2>&1',
  ]);
});

test.each(RUN.map((block) => [block.place, block] as const))(
  '%s runs',
  async (_, { language, text }) => {
    if (language === 'sql') {
      await expect(environment.pool.query(text)).resolves.toBeDefined();
      return;
    }
    await sh(text);
    if (text.includes('baseline.json') && text.includes('smoke')) await allowAnySpeed();
    for (const [, option, name = ''] of text.matchAll(/--(junit|report) (\S+)/g)) {
      const content = await readFile(join(folder, name), 'utf8');
      if (option === 'report') expect(content).toContain('## Signed');
      else expect(readJunit(content).cases.filter(({ status }) => status === 'failed')).toEqual([]);
    }
  },
  120_000,
);

/** How fast this machine is at this moment is no matter of this test. */
async function allowAnySpeed(): Promise<void> {
  const path = join(folder, 'baseline.json');
  const baseline = JSON.parse(await readFile(path, 'utf8')) as { measured: { p50Ms: number; p95Ms: number } };
  baseline.measured.p50Ms *= 1_000;
  baseline.measured.p95Ms *= 1_000;
  await writeFile(path, JSON.stringify(baseline));
}

test('the names of the checks, and what runs them, are those of the page', () => {
  const inCode = [...PREFLIGHT_CHECKS, ...SMOKE_CHECKS, ...ROLLBACK_CHECKS].map(
    ({ step, name }) => `${step} ${name}`,
  );
  const onPage = [...PAGE.matchAll(/^\| ((?:before|after|rollback) \d+) +\| (`[^|]*)\|/gm)].flatMap(
    ([, step = '', names = '']) =>
      [...names.matchAll(/`([\w-]+)`/g)].map(([, name = '']) => `${step} ${name}`),
  );
  expect(onPage.toSorted()).toEqual(inCode.toSorted());
  const scripts = [...PAGE.matchAll(/^\| `(\w+)` +\| `(npm [^`]*)` +\| (before \d+) /gm)].map(
    ([, ...cells]) => cells,
  );
  expect(scripts).toEqual([
    ['tests', 'npm test -- --ci', 'before 5'],
    ['types', 'npm run typecheck', 'before 6'],
    ['freeze', 'npm run freeze:verify', 'before 7'],
    ['stress', 'npm run test:faults -- --short', 'before 8'],
  ]);
});

test('the block of the preflight fails when something is broken', async () => {
  const block = RUN.find(({ text }) => text.includes('intent preflight --backup'))?.text ?? '';
  await environment.superuser.query('DROP INDEX idx_intent_workflows_state');
  await expect(sh(block)).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringContaining('the index idx_intent_workflows_state is missing') as string,
  });
}, 120_000);
