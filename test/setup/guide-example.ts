import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import ts from 'typescript';

import type { IntentClient } from '../../src/client';
import { checkGraph, type Graph } from '../../src/graph';
import { ORGANIZATION } from './intent-environment';

/** The example of a guide: its graph, and its code with what it prints. */
export interface GuideExample {
  graph: Graph;
  /** What the comments behind `console.log` say. */
  expected: string[];
  /** Runs the code, and returns what it printed. */
  run: (intents: IntentClient) => Promise<string[]>;
}

/** Reads the first JSON block and the first TypeScript block of a guide. */
export function guideExample(name: string): GuideExample {
  const guide = readFileSync(join(__dirname, '../../docs/guides', `${name}.md`), 'utf8');
  const block = (language: string) =>
    new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'ms').exec(guide)?.[1] ?? '';
  const checked = checkGraph(JSON.parse(block('json')));
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const code = block('ts');
  return {
    graph: checked.graph,
    expected: [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, line = '']) => line),
    run: (intents) => run(code, intents),
  };
}

async function run(code: string, intents: IntentClient): Promise<string[]> {
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
  await example(intents, ORGANIZATION, { log });
  return printed;
}
