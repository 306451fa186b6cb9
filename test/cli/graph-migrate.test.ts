import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  createIntentEnvironment,
  fromEnvironment,
  ORGANIZATION,
  OTHER_ORGANIZATION,
  type IntentEnvironment,
} from '../setup/intent-environment';
import { register } from '../setup/register';
import { ticket1, ticket2 } from '../setup/ticket-versions';
import { capturedRun } from './captured-run';

let environment: IntentEnvironment;
const folder = mkdtempSync(join(tmpdir(), 'graph-migrate-'));

beforeAll(async () => {
  environment = await createIntentEnvironment('cli-graph-migrate');
  await environment.startWorker();
});
afterAll(async () => {
  await environment.close();
  rmSync(folder, { recursive: true });
});

const PATIENCE = { timeoutMs: 90_000 };

const run = (...args: string[]) =>
  capturedRun(args, {
    DATABASE_URL: environment.database.engineUrl,
    OWNER_DATABASE_URL: environment.database.ownerUrl,
    TEMPORAL_ADDRESS: fromEnvironment('TEST_TEMPORAL_ADDRESS'),
  });
const migrate = (...args: string[]) => run('graph', 'migrate', ...args);
const ofTickets = (...args: string[]) => migrate('--graph', 'ticket', '--from', '1', '--to', 'v2', ...args);

async function intentIn(
  graph: string,
  states: string[] = [],
  organizationId = ORGANIZATION,
): Promise<string> {
  const { intents } = environment;
  const { id } = await intents.create({ organizationId, graph });
  await intents.waitForState(id, 'OPEN', PATIENCE);
  for (const to of states) await intents.transition(id, { to }, PATIENCE);
  return id;
}

/** The guide's commands, each with the output that stands below it. */
function guideSteps(): { args: string[]; output: string | undefined }[] {
  const page = readFileSync('docs/guides/graph-versions.md', 'utf8');
  return [...page.matchAll(/^```sh\n(.*?)^```$(?:\n\n```text\n(.*?)^```$)?/gms)].flatMap(
    ([, lines = '', output]) =>
      lines
        .trim()
        .split('\n')
        .map((line) => ({ args: line.split(' ').slice(2), output })),
  );
}

test('the commands of the guide do what stands there', async () => {
  const [register, registerNext, diff, ...moves] = guideSteps();
  for (const step of [register, registerNext]) expect((await run(...(step?.args ?? []))).exitCode).toBe(0);
  expect((await run(...(diff?.args ?? []))).stdout).toContain('--map PAYMENT_FAILED=NEW');
  const ids = [
    await intentIn('order@1'),
    await intentIn('order@1'),
    await intentIn('order@1', ['PAYMENT_PENDING']),
    await intentIn('order@1', ['PAYMENT_PENDING', 'PAYMENT_FAILED']),
    await intentIn('order@2'),
  ];
  // One that has ended stays as it is.
  const ended = await intentIn('order@1', ['CANCELLED']);
  expect(moves.map(({ output }) => output)).toEqual([expect.any(String), expect.any(String)]);
  for (const [index, { args, output }] of moves.entries()) {
    const { stdout, exitCode } = await run(...args);
    expect(stdout).toBe(output);
    expect(exitCode).toBe(index === 0 ? 1 : 0);
  }
  const graphs = await Promise.all(ids.map(async (id) => (await environment.intents.describe(id)).graph));
  expect(new Set(graphs)).toEqual(new Set(['order@2']));
  expect(await environment.intents.describe(ended)).toMatchObject({ graph: 'order@1' });
  expect(await migrate('--graph', 'order', '--from', '1', '--to', '2')).toMatchObject({
    exitCode: 0,
    stdout: '0 intents follow order@2 now\n',
  });
}, 300_000);

test('one organization at a time; what is left is listed with the reason, and moved with a map', async () => {
  await register(environment.database, ticket1, ticket2);
  const waiting = await intentIn('ticket@1', ['WORKING', 'WAITING']);
  await intentIn('ticket@1', ['WORKING']);
  const other = await intentIn('ticket@1', ['WORKING'], OTHER_ORGANIZATION);

  const planned = await ofTickets('--dry-run', '--json', '--organization', ORGANIZATION);
  expect(
    planned.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([
    { type: 'state', state: 'WORKING', intents: 1, to: 'WORKING' },
    { type: 'state', state: 'WAITING', intents: 1, reason: expect.any(String) as string },
    { type: 'summary', dryRun: true, moved: 1, left: 1 },
  ]);
  expect(planned.exitCode).toBe(1);

  const checkpoint = join(folder, 'ticket.json');
  const moved = await ofTickets('--json', '--organization', ORGANIZATION, '--checkpoint', checkpoint);
  expect(
    moved.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([
    {
      type: 'left',
      intentId: waiting,
      state: 'WAITING',
      reason: expect.stringMatching(/^ticket@2 has no state WAITING/) as string,
    },
    { type: 'summary', moved: 1, ended: 0, left: 1, remaining: 1, complete: true },
  ]);
  expect(moved.exitCode).toBe(1);
  expect(existsSync(checkpoint)).toBe(false);
  // What can't be moved was not asked, so there is nothing in its trail.
  expect(await environment.intents.history(waiting)).toHaveLength(3);
  expect(await environment.intents.describe(other)).toMatchObject({ graph: 'ticket@1' });

  const all = await ofTickets(
    '--map',
    'WAITING=ON_HOLD',
    '--reason',
    'a step came between',
    '--actor',
    'ada',
  );
  expect(all).toMatchObject({ exitCode: 0, stdout: '2 intents follow ticket@2 now\n' });
  expect((await environment.intents.history(waiting)).at(-1)).toMatchObject({
    kind: 'migration',
    previousState: 'WAITING',
    newState: 'ON_HOLD',
    actor: 'ada',
    reason: 'a step came between',
  });
}, 300_000);

describe('wrong usage moves nothing and exits with 2', () => {
  beforeAll(() => register(environment.database, ticket1, ticket2));

  test.each([
    [['--map', 'WAITING=DONE'], /--map: DONE is terminal in ticket@2/],
    [['--map', 'WAITNG=ON_HOLD'], /--map: ticket@1 has no state WAITNG/],
    [['--map', 'WAITING=ON_HOLDD'], /--map: ticket@2 has no state ON_HOLDD/],
    [['--map', 'OPEN=CHECKING'], /--map: OPEN is a state of ticket@2 too/],
    [['--map', 'WAITING'], /Not OLD=NEW/],
    [['--map', 'WAITING=ON_HOLD', '--map', 'WAITING=OPEN'], /WAITING is mapped twice/],
    [['--rate', '0'], /Not a positive whole number/],
    [['--rate', '1001'], /At most 1000/],
    [['--organization', 'ours'], /--organization: must be a UUID/],
    [['--to', '9'], /ticket@9 is not registered/],
    [['--to', '1'], /ticket@1 is the version that they follow already/],
    [['--graph', 'ticket@1'], /--graph: must be the name of a graph, without a version/],
  ])('%j', async (args, message) => {
    for (const more of [[], ['--dry-run']]) {
      const { exitCode, stderr, stdout } = await ofTickets(...args, ...more);
      expect(stderr).toMatch(message);
      expect([exitCode, stdout]).toEqual([2, '']);
    }
  });

  test('a checkpoint of another run is refused', async () => {
    const path = join(folder, 'other.json');
    const after = '00000000-0000-0000-0000-000000000000';
    const counts = { moved: 0, ended: 0, left: 0 };
    writeFileSync(path, JSON.stringify({ version: 1, scope: 'another', after, counts }));
    const { exitCode, stderr } = await ofTickets('--checkpoint', path);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/is of another run/);
  });
});
