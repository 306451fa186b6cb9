import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import ts from 'typescript';

import type { IntentClient } from '../../src/client';
import { createPool } from '../../src/database/pool';
import { registerGraph } from '../../src/database/register-graph';
import { checkGraph } from '../../src/graph';
import { createIntentEnvironment, ORGANIZATION, type IntentEnvironment } from '../setup/intent-environment';

const guide = readFileSync(join(__dirname, '../../docs/guides/approvals.md'), 'utf8');
const block = (language: string) =>
  new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'ms').exec(guide)?.[1] ?? '';

let environment: IntentEnvironment;

beforeAll(async () => {
  environment = await createIntentEnvironment('approvals-guide');
  await environment.startWorker();
});
afterAll(() => environment.close());

test('the example of the guide to approvals runs, and prints what stands there', async () => {
  const checked = checkGraph(JSON.parse(block('json')));
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const owner = createPool({ databaseUrl: environment.database.ownerUrl, applicationName: 'test', max: 1 });
  await registerGraph(owner, checked.graph).finally(() => owner.end());

  const code = block('ts');
  const expected = [...code.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map(([, line]) => line);
  expect(expected).toHaveLength(5);
  const printed: string[] = [];
  const log = (...values: unknown[]) =>
    printed.push(
      values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(' '),
    );
  const { outputText } = ts.transpileModule(`async function example() {\n${code}\n}`, {
    compilerOptions: { target: ts.ScriptTarget.ES2023 },
  });
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- it is the guide's own code
  const example = new Function(
    'intents',
    'organizationId',
    'console',
    `${outputText}\nreturn example();`,
  ) as (intents: IntentClient, organizationId: string, console: { log: typeof log }) => Promise<void>;
  await example(environment.intents, ORGANIZATION, { log });
  expect(printed).toEqual(expected);
});
