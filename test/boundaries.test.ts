import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import ts from 'typescript';

const ROOT = join(__dirname, '..');

/** What a folder may import of the others; `-` is what it must not. */
const IMPORTS: Record<string, string[]> = {
  'graph/steps': [
    '-intent',
    '-database/pool',
    '-workflows',
    '-activities',
    '-client',
    '-worker',
    '-dev/machine/ports',
  ],
  'intent/decide': [
    'graph',
    '-database/pool',
    '-workflows',
    '-activities',
    '-client',
    '-worker',
    '-dev/machine/ports',
  ],
  'workflows/inbox': [
    'graph',
    'intent',
    '-database/pool',
    '-activities',
    '-client',
    '-worker',
    '-dev/machine/ports',
  ],
  'database/pool': [
    'graph',
    'intent',
    '-workflows',
    '-activities',
    '-client',
    '-worker',
    '-dev/machine/ports',
  ],
  'activities/failures': [
    'graph',
    'intent',
    'database/pool',
    'ops/findings',
    'webhooks/check-url',
    'workflows/activities',
    '-workflows',
    '-workflows/record',
    '-client',
    '-worker',
  ],
  'webhooks/check-url': [
    'database/pool',
    '-graph',
    '-intent',
    '-workflows/activities',
    '-activities',
    '-client',
    '-worker',
  ],
  'client/errors': [
    'graph',
    'intent',
    'temporal/grpc-status',
    'database/pool',
    '-workflows',
    '-activities',
    '-worker',
    '-dev/machine/ports',
  ],
  'http-client/server': [
    'client/errors',
    'client/intents',
    '-client/limits',
    '-client/intent-client',
    '-graph',
    '-intent',
    '-database/pool',
    '-workflows',
    '-temporal/grpc-status',
    '-dev/machine/ports',
  ],
  'bundle/bundle': [
    'graph',
    'intent',
    '-database/pool',
    '-workflows',
    '-activities',
    '-ops/findings',
    '-worker',
  ],
  'worker/create-worker': [
    'graph',
    'intent',
    'database/pool',
    'bundle/bundle',
    'activities',
    'ops/findings',
    'workflows',
    '-client',
    '-dev/machine/ports',
  ],
  'graph-pictures/to-dot': ['graph', '-intent', '-database/pool', '-client', '-cli/cli', '-dev/checkout'],
  'schedule/duration': ['intent', '-database/pool', '-ops/findings', '-worker', '-cli/cli', '-dev/checkout'],
  'dev/checkout': [
    'intent',
    'database/pool',
    'schedule/duration',
    '-client',
    '-cli/cli',
    '-worker',
    '-demo/show-sql',
  ],
  'temporal/grpc-status': ['-graph', '-intent', '-database/pool', '-client'],
  'ops/findings': [
    'graph',
    'temporal/grpc-status',
    'database/pool',
    'workflows/audit-sink',
    'bundle/bundle',
    '-workflows',
    '-worker',
    '-client',
    '-cli/cli',
  ],
  'rollout/check': [
    'graph',
    'client',
    'http-client/server',
    'database/pool',
    'ops/findings',
    'gateway/settings',
    '-gateway/context',
    '-workflows',
    '-worker',
    '-cli/cli',
    '-dev/checkout',
  ],
  'migration/pace': ['graph', 'client', 'database/pool', 'ops/findings', '-workflows', '-worker', '-cli/cli'],
  'cli/suggest': [
    'graph',
    'client',
    'ops/findings',
    'schedule/duration',
    'graph-pictures/to-dot',
    'dev/machine/ports',
    '-worker',
    '-demo/show-sql',
  ],
};

interface Verdict {
  importing: string;
  refused: boolean;
}

/** Lints texts in the place of existing files with the project's own configuration, apart from what needs types. */
async function lint(imports: Record<string, string[]>): Promise<Record<string, Verdict[]>> {
  // ESLint loads its configuration by import(), which jest's own module system has not.
  const script = `
    import { readFileSync } from 'node:fs';
    import { ESLint } from 'eslint';
    import tseslint from 'typescript-eslint';
    const eslint = new ESLint({ overrideConfig: [tseslint.configs.disableTypeChecked, { rules: { 'import-x/no-cycle': 'off' } }] });
    const verdicts = {};
    for (const [file, targets] of Object.entries(JSON.parse(readFileSync(0, 'utf8')))) {
      const code = targets.map((target) => "import '../" + target + "';\\n").join('');
      const [result] = await eslint.lintText(code, { filePath: 'src/' + file + '.ts' });
      verdicts[file] = targets.map((target, index) => ({
        importing: target,
        refused: result.messages.some(({ ruleId, line, fatal }) =>
          fatal || (ruleId === 'import-x/no-restricted-paths' && line === index + 1)),
      }));
    }
    process.stdout.write(JSON.stringify(verdicts));`;
  const output = await new Promise<string>((resolve, reject) => {
    const child = execFile(
      process.execPath,
      ['--input-type=module', '--eval', script],
      { cwd: ROOT, maxBuffer: 10_000_000 },
      (error, stdout, stderr) =>
        error === null ? resolve(stdout) : reject(new Error(stderr, { cause: error })),
    );
    child.stdin?.end(JSON.stringify(imports));
  });
  return JSON.parse(output) as Record<string, Verdict[]>;
}

test('imports between folders go the one way that lint allows', async () => {
  const targets = Object.entries(IMPORTS).map(([file, list]) => [
    file,
    list.map((name) => name.replace(/^-/, '')),
  ]);
  const expected = Object.entries(IMPORTS).map(([file, list]) => [
    file,
    list.map((name) => ({ importing: name.replace(/^-/, ''), refused: name.startsWith('-') })),
  ]);
  expect(await lint(Object.fromEntries(targets) as Record<string, string[]>)).toEqual(
    Object.fromEntries(expected),
  );
});

describe('the workflow bundle', () => {
  const bundle = () => readFileSync(process.env['TEST_WORKFLOW_BUNDLE'] ?? '', 'utf8');
  /** Paths of the modules in it, as webpack writes them above each. */
  const modules = () => [...bundle().matchAll(/^\/\*\*\*\/ "([^"]+)"/gm)].map(([, path = '']) => path);

  test('holds the graph, the intent and the workflow, and nothing else of ours', () => {
    const folders = modules()
      .filter((path) => path.startsWith('./src/'))
      .map((path) => dirname(path));
    expect([...new Set(folders)].toSorted()).toEqual([
      './src/bundle',
      './src/graph',
      './src/intent',
      './src/workflows',
      './src/workflows/drivers',
    ]);
  });

  test('holds nothing of Node, Postgres or gRPC', () => {
    const foreign = modules().filter((path) =>
      /node:|\/node_modules\/(pg|@grpc|node-pg-migrate|@temporalio\/client)\//.test(path),
    );
    expect(foreign).toEqual([]);
    expect(bundle()).not.toMatch(/require\(["']node:/);
    expect(modules().length).toBeGreaterThan(50);
  });
});

describe('the compiler', () => {
  const WORKFLOWS = join(ROOT, 'src', 'workflows');
  const names = ['process', 'Buffer', 'fetch', 'require', '__dirname', 'crypto', 'performance'];
  /** Files beside the workflows that are not there. */
  const probes: Record<string, string> = {
    [join(WORKFLOWS, 'node-probe.ts')]: [
      ...names.map((name) => `void ${name};`),
      `import 'node:crypto';`,
      `import { readFile } from 'fs';`,
    ].join('\n'),
    [join(WORKFLOWS, 'language-probe.ts')]:
      `export const text = [1].toReversed().map(String).join().isWellFormed();`,
  };

  /** Complaints about each probe, with the options of the workflows' own tsconfig. */
  function complaints(): string[][] {
    const configFile = join(WORKFLOWS, 'tsconfig.json');
    const { config } = ts.readConfigFile(configFile, (path) => ts.sys.readFile(path)) as { config: unknown };
    const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, WORKFLOWS);
    const real = ts.createCompilerHost(options);
    const host: ts.CompilerHost = {
      ...real,
      fileExists: (path) => path in probes || real.fileExists(path),
      readFile: (path) => probes[path] ?? real.readFile(path),
      getSourceFile: (path, version, ...rest) => {
        const code = probes[path];
        return code === undefined
          ? real.getSourceFile(path, version, ...rest)
          : ts.createSourceFile(path, code, version);
      },
    };
    // With all the sources beside them, since any of those might bring Node's types along.
    const program = ts.createProgram([...fileNames, ...Object.keys(probes)], options, host);
    return Object.keys(probes).map((path) =>
      program
        .getSemanticDiagnostics(program.getSourceFile(path))
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' ')),
    );
  }

  test('knows nothing of Node in workflow code, and all of the language', () => {
    const [node, language] = complaints();
    for (const name of [...names, 'node:crypto', 'fs']) {
      const complaint = new RegExp(`(Cannot find (name|module)|side-effect import of) '${name}'`);
      expect(node).toEqual(expect.arrayContaining([expect.stringMatching(complaint)]));
    }
    expect(language).toEqual([]);
  });
});
