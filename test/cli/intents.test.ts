import { claimGraph } from '../setup/claim-graph';
import {
  createIntentEnvironment,
  fromEnvironment,
  ORGANIZATION,
  type IntentEnvironment,
} from '../setup/intent-environment';
import { register } from '../setup/register';
import { capturedRun } from './captured-run';

let environment: IntentEnvironment;

beforeAll(async () => {
  environment = await createIntentEnvironment('cli-intents');
  await environment.startWorker();
});

afterAll(() => environment.close());

function run(...args: string[]) {
  return capturedRun(args, {
    DATABASE_URL: environment.database.engineUrl,
    TEMPORAL_ADDRESS: fromEnvironment('TEST_TEMPORAL_ADDRESS'),
  });
}

async function create(...args: string[]): Promise<string> {
  const { stdout } = await run(
    'create',
    '--organization',
    ORGANIZATION,
    '--task-queue',
    environment.taskQueue,
    ...args,
  );
  return stdout.trim();
}

test('an intent is created, moved, described and its audit trail printed', async () => {
  const id = await create('--title', 'Spring campaign', '--actor', 'ada');
  const moved = await run(
    ...['transition', id, 'ICP_PENDING', '--actor', 'ada', '--reason', 'ready', '--expect', 'CREATED'],
    ...['--request-id', 'r-1', '--metadata', '{"ticket":17}', '--timeout', '30'],
  );
  expect(moved).toEqual({ exitCode: 0, stdout: 'CREATED → ICP_PENDING, sequence 2\n', stderr: '' });

  const late = await run('cancel', id, '--expected-sequence', '1', '--timeout', '30');
  expect(late).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'error: STATE_CONFLICT: The intent is at sequence 2, not at the expected 1.\n',
  });

  const described = await run('describe', id, '--json');
  expect(JSON.parse(described.stdout)).toMatchObject({ id, state: 'ICP_PENDING', sequence: 2 });
  expect((await run('describe', id)).stdout).toMatch(/^state +ICP_PENDING \(step 1, .*; 0 %\)$/m);

  const history = JSON.parse((await run('history', id, '--json')).stdout) as unknown[];
  expect(history).toEqual([
    expect.objectContaining({ sequence: 1, newState: 'CREATED', actor: 'ada' }),
    expect.objectContaining({
      sequence: 2,
      newState: 'ICP_PENDING',
      requestId: 'r-1',
      reason: 'ready',
      metadata: { ticket: 17 },
    }),
  ]);
});

test('what became of a request is told later, with the exit code of the request itself', async () => {
  const id = await create();
  await run('transition', id, 'ICP_PENDING', '--request-id', 'r-1', '--timeout', '30');
  await run('transition', id, 'COMPLETED', '--request-id', 'r-2', '--timeout', '30');
  expect(await run('outcome', id, 'r-1')).toEqual({
    exitCode: 0,
    stdout: 'CREATED → ICP_PENDING, sequence 2\n',
    stderr: '',
  });
  const refused = await run('outcome', id, 'r-2', '--json');
  expect(refused.exitCode).toBe(1);
  expect(JSON.parse(refused.stdout)).toMatchObject({ status: 'rejected', code: 'ILLEGAL_TRANSITION' });
  const unheard = await run('outcome', id, 'r-3');
  expect(unheard).toMatchObject({ exitCode: 1, stdout: '' });
  expect(unheard.stderr).toMatch(
    /^error: There is no outcome of request r-3 to intent .*: it has not been decided yet/,
  );
});

test('creating twice with one key is creating once', async () => {
  const first = await create('--key', 'campaign-17');
  expect(await create('--key', 'campaign-17')).toBe(first);
});

test('a rejected transition exits with 1 and says why', async () => {
  const id = await create();
  const { exitCode, stdout, stderr } = await run('transition', id, 'COMPLETED', '--timeout', '30');
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toMatch(/^error: ILLEGAL_TRANSITION: CREATED does not lead to COMPLETED/);

  const json = await run('transition', id, 'COMPLETED', '--json', '--timeout', '30');
  expect(json.exitCode).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject({ status: 'rejected', code: 'ILLEGAL_TRANSITION' });
});

test.each([
  ['ICP_PENDIGN', 'ICP_PENDING'],
  ['article_pending', 'ARTICLE_PENDING'],
])('the mistyped state %s suggests %s of the intent’s graph', async (typed, meant) => {
  const id = await create();
  const { exitCode, stderr } = await run('transition', id, typed, '--timeout', '30');
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^error: UNKNOWN_STATE: /);
  expect(stderr).toContain(`(Did you mean ${meant}?)`);
});

test.each([['describe'], ['history']])('%s of an intent that is none exits with 1', async (command) => {
  const { exitCode, stderr } = await run(command, '0b8fd1a5-6f6c-4a1d-9a67-0d0f4bb7ffff');
  expect(exitCode).toBe(1);
  expect(stderr).toBe('error: There is no intent 0b8fd1a5-6f6c-4a1d-9a67-0d0f4bb7ffff.\n');
});

test('a graph that is not registered exits with 1, naming the field and the fix', async () => {
  const { exitCode, stderr } = await run('create', '--organization', ORGANIZATION, '--graph', 'unheard-of');
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^error: graph: unheard-of is not registered.*intent graph register FILE\n$/);
});

test('an organization that is no UUID exits with 2, naming the field', async () => {
  const { exitCode, stderr } = await run('create', '--organization', 'ours');
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^error: organizationId: must be a UUID\n$/);
});

test('votes are cast, shown as open, and move the intent with the last one', async () => {
  await register(environment.database, claimGraph());
  const id = await create('--graph', 'claim', '--actor', 'grace');
  await run('transition', id, 'SUBMITTED', '--actor', 'ada', '--timeout', '30');
  const approve = (actor: string, ...more: string[]) =>
    run('approve', id, 'APPROVED', '--actor', actor, '--role', 'supervisor', '--timeout', '30', ...more);
  expect(await approve('bob', '--reason', 'checked')).toEqual({
    exitCode: 0,
    stdout: '1 of the 2 votes for APPROVED; still in SUBMITTED\n',
    stderr: '',
  });
  expect((await run('describe', id)).stdout).toMatch(
    /^votes +1 of 2 for APPROVED; bob \(supervisor\); 1 missing, by administration, budget owner, supervisor$/m,
  );
  const refused = await approve('ada');
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toMatch(/^error: VOTE_REFUSED: ada brought the intent to SUBMITTED/);
  const moved = await approve('cleo', '--json', '--request-id', 'last', '--metadata', '{"desk":7}');
  expect(JSON.parse(moved.stdout)).toMatchObject({ status: 'applied', requestId: 'last', sequence: 3 });
  expect((await run('approve', id, 'APPROVED', '--actor', 'dan')).exitCode).toBe(2);
});

test('an intent is paused, resumed, cancelled, and reopened by force', async () => {
  const id = await create();
  const said = ['--actor', 'ada', '--reason', 'ticket 4711', '--timeout', '30'];
  expect((await run('pause', id, ...said)).stdout).toBe('CREATED → CREATED, sequence 2\n');
  expect((await run('resume', id, ...said)).stdout).toBe('CREATED → CREATED, sequence 3\n');
  expect((await run('cancel', id, ...said)).stdout).toBe('CREATED → CANCELLED, sequence 4\n');

  const refused = await run('force', id, 'ICP_PENDING', ...said);
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toMatch(/^error: TERMINAL_STATE: .* Add --reopen to take it up again\.\n$/);
  const moved = await run('force', id, 'ICP_PENDING', '--reopen', ...said);
  expect(moved).toEqual({ exitCode: 0, stdout: 'CANCELLED → ICP_PENDING, sequence 5\n', stderr: '' });
  expect((await run('force', id, 'CREATED', '--actor', 'ada')).exitCode).toBe(2);
  expect((await run('history', id)).stdout).toMatch(/^ 5 +\| reopen +\| CANCELLED +\| ICP_PENDING /m);
});
