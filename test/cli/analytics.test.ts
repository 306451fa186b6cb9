import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { lengthOfTime } from '../../src/cli/length-of-time';
import { recordTicketLog } from '../database/analytics/ticket-log';
import { useDatabase } from '../database/use-database';
import { capturedRun } from './captured-run';

const pools = useDatabase('cli-analytics');
const organization = randomUUID();
beforeAll(() => recordTicketLog(pools, organization));

const run = (...args: string[]) => capturedRun(args, { DATABASE_URL: pools.engine.options.connectionString });

/** The guide's commands, each with the output that stands below it. */
const guideSteps = [
  ...readFileSync('docs/guides/analytics.md', 'utf8').matchAll(
    /^```sh\n(.*?)\n```\n\n```text\n(.*?)^```$/gms,
  ),
].map(([, line = '', output = '']): [string, string] => [line.replace('npx intent ', ''), output]);

test('the guide has a command of each kind', () => {
  expect(guideSteps.map(([command]) => command)).toEqual(['graph funnel ticket@2', 'graph times ticket@2']);
});

test.each(guideSteps)('intent %s prints what stands in the guide', async (command, output) => {
  expect(await run(...command.split(' '))).toEqual({ exitCode: 0, stdout: output, stderr: '' });
});

test.each(['funnel', 'times'])(
  'intent graph %s counts what its options let through, as JSON',
  async (verb) => {
    const counted = async (...args: string[]) => {
      const { exitCode, stdout } = await run('graph', verb, 'ticket', '--json', ...args);
      expect(exitCode).toBe(0);
      return JSON.parse(stdout) as { graph: string; intents: number };
    };
    expect(await counted()).toMatchObject({ graph: 'ticket@2', intents: 7, inFiles: 1 });
    expect(await counted('--organization', organization)).toMatchObject({ intents: 7 });
    expect(await counted('--organization', randomUUID())).toMatchObject({ intents: 0 });
    expect(await counted('--since', '2026-01-01T00:00:00Z')).toMatchObject({ intents: 7 });
    expect(await counted('--before', '2026-01-01T00:00:00Z')).toMatchObject({ intents: 0, inFiles: 0 });
  },
);

test('a graph without intents has a table without shares', async () => {
  const { stdout } = await run('graph', 'funnel', 'content-intent');
  expect(stdout).toContain('\n 1 icp         | 0       |        | 0\n');
  expect(stdout).toMatch(/\n0 intents of content-intent@1\n$/);
});

test.each(['funnel', 'times'])('intent graph %s says what is wrong with its words', async (verb) => {
  expect(await run('graph', verb, 'tickte')).toMatchObject({
    exitCode: 1,
    stdout: '',
    stderr: expect.stringContaining('tickte is not registered (Did you mean ticket?)') as string,
  });
  for (const [args, message] of [
    [['Ticket'], '"Ticket" is not a graph reference'],
    [['ticket', '--organization', 'ours'], '--organization: must be a UUID'],
    [['ticket', '--since', '2026-01-31'], 'Not a time with an offset'],
    [[], "missing required argument 'graph'"],
  ] as const) {
    const { exitCode, stderr } = await run('graph', verb, ...args);
    expect({ exitCode, told: stderr.includes(message) }).toEqual({ exitCode: 2, told: true });
  }
});

test.each([
  [0, '0.00 s'],
  [0.254, '0.25 s'],
  [59.999, '1 min 0 s'],
  [3_599, '59 min 59 s'],
  [194_399.999_999_999, '2 d 6 h'],
  [31_536_000, '365 d 0 h'],
])('%d seconds are %s', (seconds, text) => {
  expect(lengthOfTime(seconds)).toBe(text);
});
