import { z } from 'zod';

import { graphSchema } from '../../../src/graph';
import { intentInputSchema, transitionRequestSchema } from '../../../src/intent';
import type { Change } from '../change';
import { editedTexts, type Edit } from '../edit';
import { readFrozen } from '../frozen-files';
import { compareMessages } from './compare-messages';
import { declaredMessages } from './declared-messages';
import type { Message } from './message';
import { parsedMessage, parsedMessages } from './parsed-messages';

// The real messages, as somebody might edit them. What is compared with are the real frozen files.
const { messages: frozen } = readFrozen();

/** What the edited messages change of the frozen ones. */
function changesBy(...edited: readonly Message[]): Change[] {
  const names = new Set(edited.map(({ name }) => name));
  return compareMessages(
    frozen.filter(({ name }) => names.has(name)),
    edited,
  );
}

const lines = (changes: readonly Change[]) => changes.map(({ subject, what }) => `${subject} ${what}`);

describe('what is read and checked', () => {
  const request = (schema: z.ZodType) => changesBy(parsedMessage('transitionRequestSchema', schema));
  const input = (schema: z.ZodType) => changesBy(parsedMessage('intentInputSchema', schema));
  const graph = (schema: z.ZodType) => changesBy(parsedMessage('graphSchema', schema));
  const NAME = 'schema transitionRequestSchema, value';

  test('a new required field is caught', () => {
    expect(request(transitionRequestSchema.extend({ ticket: z.string() }))).toEqual([
      {
        verdict: 'incompatible',
        subject: `${NAME}: ticket`,
        what: 'is new and required',
        fix: expect.stringContaining('Make it optional') as string,
      },
    ]);
  });

  test('a field that is no longer read is caught', () => {
    expect(lines(request(transitionRequestSchema.omit({ reason: true })))).toEqual([
      `${NAME}: reason is no longer read`,
    ]);
  });

  test('a field that must be given now is caught', () => {
    expect(lines(request(transitionRequestSchema.required({ actor: true })))).toEqual([
      `${NAME}: actor is required now, and could be left out`,
    ]);
  });

  test('a narrower bound is caught', () => {
    expect(lines(input(intentInputSchema.extend({ title: z.string().min(1).max(50).optional() })))).toEqual([
      'schema intentInputSchema, value: title has maxLength 50, and had 500',
    ]);
  });

  test('a narrower type is caught', () => {
    expect(lines(request(transitionRequestSchema.extend({ to: z.enum(['ICP_PENDING']) })))).toEqual([
      `${NAME}: to no longer takes a string, only "ICP_PENDING"`,
    ]);
  });

  test('a kind of request that is gone is caught', () => {
    const other = transitionRequestSchema.extend({ kind: z.literal('move') });
    expect(lines(request(other))).toEqual([
      `${NAME} no longer takes an object with kind "transition", only an object with kind "move"`,
    ]);
  });

  test('another default is caught', () => {
    expect(lines(input(intentInputSchema.extend({ graph: z.string().default('order') })))).toEqual([
      'schema intentInputSchema, value: graph left out, means "order", and meant "content-intent"',
    ]);
  });

  test('a key of graph files that is gone is caught', () => {
    expect(lines(graph(graphSchema.omit({ title: true })))).toEqual([
      'schema graphSchema, value: title is no longer read',
    ]);
  });

  test('more kinds, optional fields and wider bounds are compatible, and have to be frozen', () => {
    const approval = z.strictObject({ kind: z.literal('approve'), requestId: z.string() });
    const wider = transitionRequestSchema.extend({ to: z.string(), ticket: z.string().optional() });
    for (const change of [
      ...request(z.discriminatedUnion('kind', [transitionRequestSchema, approval])),
      ...request(wider),
      ...graph(graphSchema.extend({ tickets: z.array(z.string()).optional() })),
    ]) {
      expect(change.verdict).toBe('not-frozen');
      expect(change.fix).toContain('npm run freeze');
    }
    expect(request(wider)[0]?.what).toContain('ticket: new');
  });

  test('rewording a description is no change', () => {
    expect(graph(graphSchema.describe('Something else'))).toEqual([]);
  });

  test('every schema that the pure folders export is found, each once', async () => {
    const names = (await parsedMessages()).map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    expect(names).toEqual(
      expect.arrayContaining(
        ['transitionRequestSchema', 'intentInputSchema', 'graphSchema'].map((name) => `schema ${name}`),
      ),
    );
  });
});

describe('what is declared', () => {
  const WORKFLOWS = 'src/workflows';
  const edited = (edits: readonly Edit[]) =>
    compareMessages(declaredOnly(frozen), declaredMessages(editedTexts(edits)));
  const declaredOnly = (messages: readonly Message[]) =>
    messages.filter(({ name }) => !name.startsWith('schema '));

  test('incompatible edits are caught, each in its message and by its field', () => {
    const found = lines(
      edited([
        // Answers: a field that is gone, one that may be missing, a query of another name.
        { file: 'src/intent/outcome.ts', from: /^ {2}transitionedAt: string;$/m, to: '' },
        { file: 'src/intent/outcome.ts', from: /^ {2}state: string;$/m, to: '  state?: string;' },
        { file: 'src/intent/names.ts', from: "DESCRIBE_QUERY = 'describe'", to: "DESCRIBE_QUERY = 'tell'" },
        // Activities: a result that asks for more, one that is gone.
        {
          file: `${WORKFLOWS}/activities.ts`,
          from: /(interface RecordedTransition \{)/,
          to: '$1 by: string;',
        },
        { file: `${WORKFLOWS}/activities.ts`, from: /^ {2}recordFailedVerification: .*$/m, to: '' },
        // Carried from run to run: a field of another type.
        { file: 'src/intent/carried-state.ts', from: /^ {2}received: number;$/m, to: '  received: string;' },
        // Told to whoever listens.
        {
          file: `${WORKFLOWS}/audit-sink.ts`,
          from: "Omit<DecidedTransition, 'vote'> & { hash: string }",
          to: "Omit<DecidedTransition, 'vote'>",
        },
      ]),
    );
    expect(found).toEqual(
      expect.arrayContaining([
        'query outcome, answer: transitionedAt is gone',
        'query outcome, answer: state may be missing now, and was always there',
        'update awaitOutcome, answer: transitionedAt is gone',
        'query describe is gone',
        'query tell is new',
        'activity recordOutcomes, answer: [].by is new and required',
        'activity recordFailedVerification is gone',
        'workflow intentWorkflow, argument 2: received no longer takes a number, only a string',
        'workflow intentWorkflow, argument 2: received may be a string now, and was always a number',
        'sink audit.recorded, argument 1: [].hash is gone',
      ]),
    );
  });

  test('a form that older workers do not know is caught where versions meet, and another one of an answer', () => {
    const found = lines(
      edited([
        {
          file: 'src/intent/decision.ts',
          from: 'export type Decision = ',
          to: "export type Decision = { status: 'deferred'; until: string } | ",
        },
        {
          file: 'src/intent/rejection-codes.ts',
          from: 'LIMIT_REACHED: {',
          to: "TOO_LATE: { httpStatus: 409, meaning: '' }, LIMIT_REACHED: {",
        },
      ]),
    );
    expect(found).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^activity recordOutcomes, argument 1: decisions\[\] may be an object with status "deferred" now/,
        ),
        expect.stringMatching(
          /^workflow intentWorkflow, argument 2: unrecorded\[\] may be an object with status "deferred" now/,
        ),
        expect.stringMatching(/^query outcome, answer: code may be "TOO_LATE" now/),
      ]),
    );
  });

  test('new messages are found by their form, and new optional fields noted', () => {
    const found = edited([
      {
        file: `${WORKFLOWS}/messages.ts`,
        from: /$/,
        to: "\nexport const pauseSignal = defineSignal<[reason: string]>('pause');\n",
      },
      {
        file: `${WORKFLOWS}/activities.ts`,
        from: /$/,
        to: '\nexport interface WorkActivities { doWork(of: { state: string }): Promise<{ done: boolean }>; }\n',
      },
      {
        file: `${WORKFLOWS}/index.ts`,
        from: /$/,
        to: '\nexport function sweep(): Promise<number> { return Promise.resolve(1); }\n',
      },
      {
        file: `${WORKFLOWS}/activities.ts`,
        from: /(interface RecordedTransition \{)/,
        to: '$1 by?: string;',
      },
    ]);
    expect(found.map(({ verdict }) => verdict)).toEqual(found.map(() => 'not-frozen'));
    expect(lines(found)).toEqual(
      expect.arrayContaining([
        'signal pause is new',
        'activity doWork is new',
        'workflow sweep is new',
        expect.stringMatching(/^activity recordOutcomes has changed compatibly: .*by: new/),
      ]),
    );
  });

  test('what JSON does not carry is refused', () => {
    expect(() =>
      edited([
        {
          file: 'src/intent/carried-state.ts',
          from: /^ {2}received: number;$/m,
          to: '  received: Map<string, number>;',
        },
      ]),
    ).toThrow(
      /activity takeUpIntent, answer\.intent\.received is declared as Map<string, number>, which JSON does not carry/,
    );
  });
});
