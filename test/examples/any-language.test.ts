import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Outcome } from '../../src/client';
import { CHECKOUT } from '../../src/dev/checkout';
import {
  createIntentEnvironment,
  fromEnvironment,
  ORGANIZATION,
  type IntentEnvironment,
} from '../setup/intent-environment';
import { FIRST_RUN_MS, goProgram, pythonProgram, type Program } from '../setup/programs';

const EXAMPLES = 'examples/any-language';
const GUIDE = readFileSync(join(CHECKOUT, 'docs/guides/use-from-any-language.md'), 'utf8');

let environment: IntentEnvironment;

beforeAll(async () => {
  environment = await createIntentEnvironment('any-language-sdk');
  await environment.startWorker();
});
afterAll(() => environment.close());

const LANGUAGES: [string, { actor: string; file: string; program: () => Promise<Program> }][] = [
  [
    'Python',
    {
      actor: 'python',
      file: 'python/move.py',
      program: () => pythonProgram(`${EXAMPLES}/python`, 'move.py'),
    },
  ],
  ['Go', { actor: 'go', file: 'go/main.go', program: () => goProgram(`${EXAMPLES}/go`) }],
];

describe.each(LANGUAGES)('%s', (language, { actor, file, program }) => {
  test(
    'creates an intent and moves it, with Temporal’s SDK alone',
    async () => {
      const run = await program();
      const printed = await run({
        TEMPORAL_ADDRESS: fromEnvironment('TEST_TEMPORAL_ADDRESS'),
        INTENT_TASK_QUEUE: environment.taskQueue,
      });
      const { id, outcome } = JSON.parse(printed) as { id: string; outcome: Outcome };
      expect(outcome).toMatchObject({
        status: 'applied',
        sequence: 2,
        previousState: 'CREATED',
        newState: 'ICP_PENDING',
      });
      expect(await environment.intents.outcome(id, outcome.requestId)).toEqual(outcome);
      expect((await environment.intents.history(id)).at(-1)).toMatchObject({
        requestId: outcome.requestId,
        actor,
        kind: 'transition',
      });
      const { rows } = await environment.pool.query('SELECT organization_id, title FROM intent_workflows');
      expect(rows).toContainEqual({ organization_id: ORGANIZATION, title: `from ${language}` });
    },
    FIRST_RUN_MS,
  );

  test('in the guide is the program that runs', () => {
    const text = readFileSync(join(CHECKOUT, EXAMPLES, file), 'utf8').replaceAll('\t', '    ');
    const blocks = [
      ...GUIDE.matchAll(new RegExp(`^\`\`\`${language.toLowerCase()}\n(.*?)^\`\`\`$`, 'gms')),
    ].map(([, block = '']) => block.replaceAll('\t', '    '));
    expect(blocks).not.toEqual([]);
    for (const block of blocks) expect(text).toContain(block.trimEnd());
  });
});
