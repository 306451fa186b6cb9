import { randomUUID } from 'node:crypto';

import { createIntent } from '../../src/database/create-intent';
import { insertOutcomes } from '../../src/database/insert-outcomes';
import { createTestDatabase, type TestDatabase } from '../setup/database';
import { eventually } from '../setup/eventually';
import { applied, newIntent, TO_PENDING } from '../database/use-database';
import { createPool } from '../../src/database/pool';
import { capturedRun } from './captured-run';

let database: TestDatabase;
let pool: ReturnType<typeof createPool>;

beforeAll(async () => {
  database = await createTestDatabase('cli-list');
  pool = createPool({ databaseUrl: database.engineUrl, applicationName: 'test-cli-list' });
});

afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

const run = (...args: string[]) => capturedRun(args, { DATABASE_URL: database.engineUrl });

async function created(details: Parameters<typeof newIntent>[0] = {}) {
  const intent = newIntent(details);
  const { hash } = await createIntent(pool, intent);
  return { ...intent, hash };
}

interface Page {
  intents: Array<{ id: string; state: string }>;
  next: string | null;
}

async function listed(...args: string[]): Promise<Page> {
  const { exitCode, stdout, stderr } = await run('list', '--json', ...args);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout) as Page;
}

describe('intent list', () => {
  test('shows a table, newest first, and how to go on', async () => {
    const organizationId = randomUUID();
    const older = await created({ organizationId, title: 'Spring campaign' });
    const newer = await created({ organizationId });
    const first = await run('list', '--organization', organizationId, '--limit', '1');
    expect(first.stdout).toMatch(
      new RegExp(`^ id .*\\n-.*\\n ${newer.id} \\| CREATED \\| content-intent@1 `),
    );
    const [, next = ''] = /^There are more: the same again with --after (\S+)\n$/.exec(first.stderr) ?? [];
    const second = await run('list', '--organization', organizationId, '--limit', '1', '--after', next);
    expect(second.stdout).toContain(
      ` ${older.id} | CREATED | content-intent@1 | 1        | Spring campaign |`,
    );
    expect(second.stderr).toBe('');
  });

  test('takes a step of a graph by its key or number, and states', async () => {
    const organizationId = randomUUID();
    const pending = await created({ organizationId });
    await insertOutcomes(pool, pending, [applied(2, TO_PENDING)]);
    const cancelled = await created({ organizationId });
    await insertOutcomes(pool, cancelled, [applied(2, ['CREATED', 'CANCELLED'])]);
    const ids = async (...args: string[]) =>
      (await listed('--organization', organizationId, ...args)).intents.map(({ id }) => id);
    expect(await ids('--graph', 'content-intent', '--step', 'icp')).toEqual([pending.id]);
    expect(await ids('--graph', 'content-intent@1', '--step', '1')).toEqual([pending.id]);
    expect(await ids('--graph', 'content-intent', '--step', 'publish')).toEqual([]);
    expect(await ids('--state', 'ICP_PENDING', 'CANCELLED')).toEqual([cancelled.id, pending.id]);
    expect(await ids('--graph', 'content-intent', '--step', '1', '--state', 'CREATED')).toEqual([]);
    expect(await ids('--ended')).toEqual([cancelled.id]);
    expect(await ids('--running', '--created-since', '2026-01-31T09:00:00Z')).toEqual([pending.id]);
    expect(await ids('--created-before', '2026-01-31T09:00:00+01:00')).toEqual([]);
  });

  test('writes out characters that would reach into the terminal', async () => {
    const organizationId = randomUUID();
    await created({ organizationId, title: 'paid\u001b[2K\rrefused\u202e' });
    const { stdout } = await run('list', '--organization', organizationId);
    expect(stdout).toContain('paid\\x1B[2K\\x0Drefused\\x202E');
  });

  test.each([
    [['--step', 'icp'], 2, '--step: a step is one of a graph; say of which, with --graph'],
    [['--graph', 'content-intent', '--step', 'competitor'], 2, '(Did you mean competitors?)'],
    [['--graph', 'content-intent', '--state', 'ICP_PENDIGN'], 2, '(Did you mean ICP_PENDING?)'],
    [['--graph', 'content-intnet'], 1, '(Did you mean content-intent?)'],
    [['--graph', 'content-intent@7'], 1, 'Registered: content-intent@1'],
    [['--after', 'page-2'], 2, '--after: "page-2" is not where a page begins'],
    [['--limit', '10001'], 2, '--limit: at most 10000; go on with --after'],
    [['--organization', 'ours'], 2, '--organization: must be a UUID'],
    [['--created-since', '2026-01-31'], 2, 'Not a time with an offset, such as 2026-01-31T09:00:00Z'],
    [['--running', '--ended'], 2, "cannot be used with option '--ended'"],
  ])('%j is told what is wrong, and how to mend it', async (args, code, message) => {
    const { exitCode, stdout, stderr } = await run('list', ...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' });
    expect(stderr).toContain(message);
  });
});

describe('intent watch', () => {
  test('prints what is there and what comes, each row once, until the intent ends', async () => {
    const intent = await created({ createdBy: 'ada' });
    const watched = run('watch', intent.id);
    await eventually(async () => {
      const { rows } = await pool.query<{ readers: number }>(
        `SELECT count(*)::int AS readers FROM pg_stat_activity
          WHERE datname = current_database() AND application_name = 'intent-cli'`,
      );
      expect(rows[0]?.readers).toBeGreaterThan(0);
    });
    await insertOutcomes(pool, intent, [applied(2, TO_PENDING, { reason: 'ready\nnow', actor: 'bob' })]);
    await insertOutcomes(pool, intent, [applied(3, ['ICP_PENDING', 'CANCELLED'])]);
    const { exitCode, stdout, stderr } = await watched;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.replaceAll(/^\S+ {2}/gm, '')).toBe(
      [
        '1  – → CREATED  transition by ada',
        '2  CREATED → ICP_PENDING  transition by bob: ready\\x0Anow',
        '3  ICP_PENDING → CANCELLED  transition',
        '',
      ].join('\n'),
    );
  });

  test('stops at a state, as JSON a line', async () => {
    const intent = await created();
    await insertOutcomes(pool, intent, [applied(2, TO_PENDING)]);
    const { exitCode, stdout } = await run('watch', intent.id, '--until', 'ICP_PENDING', '--json');
    expect(exitCode).toBe(0);
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(rows).toEqual([
      expect.objectContaining({ sequence: 1, newState: 'CREATED' }),
      expect.objectContaining({ sequence: 2, newState: 'ICP_PENDING' }),
    ]);
  });

  test('fails when the intent ends elsewhere, or is none', async () => {
    const intent = await created();
    await insertOutcomes(pool, intent, [applied(2, ['CREATED', 'CANCELLED'])]);
    const missed = await run('watch', intent.id, '--until', 'COMPLETED');
    expect(missed.exitCode).toBe(1);
    expect(missed.stderr).toBe(`error: Intent ${intent.id} has ended without coming to COMPLETED.\n`);
    const none = randomUUID();
    expect(await run('watch', none)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `error: There is no intent ${none}.\n`,
    });
    expect((await run('watch', 'campaign-17')).exitCode).toBe(2);
  });
});
