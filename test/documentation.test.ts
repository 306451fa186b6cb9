import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import ts from 'typescript';

import { checkGraph } from '../src/graph';
import { parseIntentInput, parseRequest, reopeningSchema } from '../src/intent';
import { insertOutcomes } from '../src/database/insert-outcomes';
import { capturedRun } from './cli/captured-run';
import { applied, createdIntent, rejected, TO_PENDING, useDatabase } from './database/use-database';

const ROOT = join(__dirname, '..');
const pagesBelow = (folder: string) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`);
const PAGES = [...readdirSync(ROOT), ...['docs', 'examples', 'packages'].flatMap(pagesBelow)].filter((name) =>
  name.endsWith('.md'),
);

interface Block {
  page: string;
  line: number;
  language: string;
  text: string;
}

const textOf = (page: string) => readFileSync(join(ROOT, page), 'utf8');

function blocksOf(page: string): Block[] {
  const text = textOf(page);
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(({ 1: language = '', 2: code = '', index }) => ({
    page,
    line: text.slice(0, index).split('\n').length + 1,
    language,
    text: code,
  }));
}

const BLOCKS = PAGES.flatMap(blocksOf);
const blocks = (language: string) => BLOCKS.filter((block) => block.language === language);
const named = (block: Block): [string, Block] => [`${block.page}:${block.line}`, block];

test('there are pages and blocks to look at', () => {
  expect(PAGES.length).toBeGreaterThan(20);
  for (const language of ['ts', 'sql', 'json', 'sh']) expect(blocks(language).length).toBeGreaterThan(3);
});

describe('links', () => {
  const links = PAGES.flatMap((page) =>
    [...textOf(page).matchAll(/\]\((?!https?:)([^)\s]*)\)/g)].map(([, target = '']) => [page, target]),
  ) as [string, string][];

  /** As GitHub makes them. */
  const anchorsOf = (page: string) =>
    [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, '')
        .replaceAll(/\s/g, '-'),
    );

  test.each(links)('%s links to %s, which exists', (page, target) => {
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path));
    expect(existsSync(join(ROOT, file))).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(file)).toContain(anchor);
  });
});

test('every TypeScript block compiles against the package as it is', () => {
  const GLOBALS = join(ROOT, 'documentation-globals.ts');
  // What the text around a block has introduced.
  const sources = new Map([
    [
      GLOBALS,
      `import type { IntentClient as Client, RejectionCode as Code } from 'intent-engine';
       declare global {
         const id: string;
         const organizationId: string;
         const intents: Client;
         type RejectionCode = Code;
       }`,
    ],
    ...blocks('ts').map(({ page, line, text }): [string, string] => [
      join(ROOT, `${page.replaceAll(/\W/g, '-')}-${line}.ts`),
      `${text}\nexport {};`,
    ]),
  ]);
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: unknown;
  };
  const { options: own } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const options: ts.CompilerOptions = {
    ...own,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    noUnusedLocals: false,
    paths: {
      'intent-engine': [join(ROOT, 'src/client/index.ts')],
      'intent-engine/*': [join(ROOT, 'src/*/index.ts')],
      'intent-engine-http-client': [join(ROOT, 'src/http-client/index.ts')],
    },
  };
  const real = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...real,
    fileExists: (path) => sources.has(path) || real.fileExists(path),
    readFile: (path) => sources.get(path) ?? real.readFile(path),
    getSourceFile: (path, ...rest) => {
      const text = sources.get(path);
      return text === undefined
        ? real.getSourceFile(path, ...rest)
        : ts.createSourceFile(path, text, ts.ScriptTarget.ES2023);
    },
  };
  const program = ts.createProgram([...sources.keys()], options, host);
  const complaints = [...sources.keys()].flatMap((path) => {
    const file = program.getSourceFile(path);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      ({ messageText }) => `${relative(ROOT, path)}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    );
  });
  expect(complaints).toEqual([]);
}, 60_000);

describe('JSON blocks', () => {
  test.each(blocks('json').map(named))('%s is what it says', (_place, { page, text }) => {
    const value = JSON.parse(text) as Record<string, unknown>;
    if ('steps' in value) expect(checkGraph(value)).toMatchObject({ ok: true });
    else if ('requestId' in value) expect(parseRequest(value, 'fallback')).toMatchObject({ valid: true });
    else if ('reopen' in value) expect(reopeningSchema.safeParse(value)).toMatchObject({ success: true });
    else if ('organizationId' in value) expect(parseIntentInput(value)).toMatchObject({ valid: true });
    // The canonical form of an audit row, which test/database/hash-chain holds.
    else expect([page, Array.isArray(value)]).toEqual(['docs/reference/database.md', true]);
  });
});

describe('shell blocks', () => {
  const lines = blocks('sh').flatMap(({ text }) => text.split('\n'));
  const distinct = (pattern: RegExp) => [
    ...new Set(lines.flatMap((line) => [...line.matchAll(pattern)].map(([, found = '']) => found))),
  ];

  test.each(distinct(/\bnpx intent ((?:graph )?[a-z-]+)/g))('intent %s is a command', async (command) => {
    const words = command.split(' ');
    const { exitCode, stdout } = await capturedRun([...words, '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Usage: intent ${command}`);
  });

  const temporal = [
    ...new Set(
      blocks('sh').flatMap(({ text }) =>
        text
          .replaceAll('\\\n', ' ')
          .split('\n')
          .filter((line) => line.startsWith('temporal ')),
      ),
    ),
  ];
  test.each(temporal)('%s is a command with these options', (line) => {
    const words = line.split(/\s+/);
    const command = words.slice(
      1,
      words.findIndex((word) => word.startsWith('-')),
    );
    const cli = process.env['TEMPORAL_CLI_PATH'] ?? '';
    const help = execFileSync(cli, [...command, '--help'], { encoding: 'utf8' });
    expect(help).toContain(`temporal ${command.join(' ')} [`);
    for (const option of words.filter((word) => word.startsWith('--'))) expect(help).toContain(`${option} `);
  });

  test.each(distinct(/\bnpm run ([a-z:]+)/g))('npm run %s is a script', (script) => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    expect(scripts).toHaveProperty(script);
  });

  test.each(distinct(/\bnode dist\/([\w/-]+)\.js/g))('dist/%s.js has a source', (program) => {
    expect(existsSync(join(ROOT, 'src', `${program}.ts`))).toBe(true);
  });
});

describe('SQL blocks', () => {
  const pools = useDatabase('documentation');
  beforeAll(async () => {
    const intent = await createdIntent(pools.engine);
    await insertOutcomes(pools.engine, intent, [applied(2, TO_PENDING), rejected(1)]);
  });
  const ofReadme = blocks('sql').filter(({ page }) => page === 'README.md');
  // Roles belong to the whole server, and their passwords here are dots. The guide for Supabase has a test of its own, and
  // so have the runbooks.
  const others = blocks('sql').filter(
    ({ page, text }) =>
      !/^(README\.md|docs\/guides\/supabase\.md|docs\/runbooks\/.*)$/.test(page) && !/\bROLE\b/.test(text),
  );

  const checks = ofReadme.filter(({ text }) => text.startsWith('SELECT'));
  test.each(checks.map(named))('%s, a check of the trail, returns no row', async (_place, { text }) => {
    const { rows } = await pools.engine.query(text);
    expect(rows).toEqual([]);
  });

  const refused = ofReadme.filter(({ text }) => !text.startsWith('SELECT'));
  test.each(refused.map(named))('%s is refused, in the words that stand there', async (_place, { text }) => {
    for (const role of ['engine', 'owner'] as const) {
      const words = new RegExp(`^-- as the ${role}: +(.*)$`, 'm').exec(text)?.[1] ?? '';
      expect(words).not.toBe('');
      const pattern = new RegExp(words.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replace('…', '.*'));
      await expect(pools[role].query(text)).rejects.toThrow(pattern);
    }
  });

  test.each(others.map(named))('%s runs', async (_place, { text }) => {
    const client = await pools.engine.connect();
    try {
      await expect(client.query(text)).resolves.toBeDefined();
    } finally {
      client.release(true);
    }
  });

  test('nothing is left out unseen', () => {
    expect([checks.length, refused.length, others.length]).toEqual([3, 1, 11]);
  });
});
