import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';

import ts from 'typescript';

import type { Graph } from '../../src/graph';
import type { IntentInput } from '../../src/intent';
import { eventually } from '../setup/eventually';
import {
  createTimeSkippingEnvironment,
  type TimeSkippingEnvironment,
} from '../setup/time-skipping-environment';

const PAGE = readFileSync(join(__dirname, '../../docs/guides/deadlines.md'), 'utf8');
const blocks = (language: string) =>
  [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, text = '']) => text);
const [graph, input] = blocks('json').map((text) => JSON.parse(text) as unknown) as [Graph, IntentInput];
const [worker = '', pause = '', resume = ''] = blocks('ts');
const DAY = 24 * 60 * 60 * 1000;

let environment: TimeSkippingEnvironment;

beforeAll(async () => {
  environment = await createTimeSkippingEnvironment('deadlines-guide', [graph]);
  await environment.startWorker();
  const { remind } = exportsOf(worker);
  await environment.startActivities('reviews', { remind });
});
afterAll(() => environment.close());

/** Runs the code of a block as a module. */
function exportsOf(code: string): Record<string, unknown> {
  const exported = {};
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  runInNewContext(outputText, { exports: exported, require });
  return exported;
}

/** Runs the code of a block as the text around it has it: with a client and an intent. */
async function run(code: string, id: string): Promise<void> {
  const { play } = exportsOf(`export async function play(intents: any, id: string) {\n${code}\n}`);
  await (play as (intents: unknown, id: string) => Promise<void>)(environment.intents, id);
}

/** What the reminders returned, as Temporal has it. */
async function reminders(id: string): Promise<unknown[]> {
  const events = await environment.eventsOf(id);
  return events.flatMap(({ activityTaskCompletedEventAttributes: completed }) =>
    (completed?.result?.payloads ?? [])
      .map(({ data }) => JSON.parse(Buffer.from(data ?? []).toString()) as unknown)
      .filter((result) => typeof result === 'string'),
  );
}

test('the example of the guide does what stands there', async () => {
  const { intents, server, skipTo } = environment;
  const { id } = await intents.create(input);
  await intents.transition(id, { to: 'REVIEW' });
  await server.sleep('4 days');
  await run(pause, id);
  expect(await intents.describe(id)).toMatchObject({ state: 'REVIEW', paused: true, deadline: null });
  await server.sleep('30 days');
  await run(resume, id);
  // Some hours more, as a change of the clocks may lie between.
  await server.sleep(10.25 * DAY);
  await intents.waitForState(id, 'EXPIRED');
  const expired = await intents.history(id);
  await eventually(async () => {
    const due = /Due since (.*)/.exec(expired[4]?.reason ?? '')?.[1] ?? '';
    expect(await reminders(id)).toEqual([`${id} is due at ${due}`, `${id} is due at ${due}`]);
  });
  await intents.transition(id, { to: 'REVIEW' });
  await intents.transition(id, { to: 'SCHEDULED' });
  const publishAt = Date.parse((input.metadata as { publishAt: string }).publishAt);
  await skipTo(publishAt - DAY);
  expect(await intents.describe(id)).toMatchObject({
    state: 'SCHEDULED',
    deadline: new Date(publishAt).toISOString(),
  });
  await skipTo(publishAt + DAY);
  await intents.waitForState(id, 'PUBLISHED');

  const told = [...PAGE.matchAll(/^\| (\d) +\| (\w+) +\| (\w*) +\| (\w+) +\| ([^|]*?) +\|$/gm)];
  const history = await intents.history(id);
  const seen = history.map(({ sequence, kind, previousState, newState, transitionedAt }, index) => [
    sequence,
    kind,
    previousState ?? '',
    newState,
    index === 0
      ? ''
      : Math.round((transitionedAt.getTime() - (history[index - 1]?.transitionedAt.getTime() ?? 0)) / DAY),
  ]);
  const last = history.at(-1)?.transitionedAt;
  expect(told.map(([, ...cells]) => cells)).toEqual(
    seen.map((cells, index) =>
      (index < seen.length - 1
        ? cells
        : [...cells.slice(0, -1), `until ${last?.toISOString().slice(0, 10)}`]
      ).map(String),
    ),
  );
}, 120_000);
