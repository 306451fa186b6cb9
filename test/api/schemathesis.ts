import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { runCommand } from '../../src/dev/machine/run-command';
import { cached } from '../../src/dev/servers/cache';

const VERSION = '4.32.5';

export interface FuzzReport {
  seed: number;
  cases: number;
  operations: number;
  seconds: number;
  failures: { code: string; title: string; operations: string[] }[];
}

interface RunReport {
  running_time: number;
  operations: { tested: number };
  test_cases: { generated: number };
  failures: { code: string; title: string; operations: unknown[] }[];
  errors: { title: string }[];
}

/** Schemathesis, installed once into the cache of this machine. Needs python3 with pip. */
async function findSchemathesis(log: (line: string) => void): Promise<string> {
  return cached(
    { what: 'schemathesis', version: VERSION },
    async (folder) => {
      log(`Installing schemathesis ${VERSION} (python3 -m pip).`);
      const args = ['-m', 'pip', 'install', '--quiet', '--target', folder, `schemathesis==${VERSION}`];
      await runCommand('python3', { args, timeoutMs: 600_000 });
    },
    { log },
  );
}

/** Sends requests that the API's own document allows, and such as it forbids, and compares the answers with the document. */
export async function fuzz(options: {
  url: string;
  key: string;
  seed: number;
  /** Of each operation and phase, at most. */
  examples: number;
  /** Where the report is written. */
  folder: string;
  log: (line: string) => void;
}): Promise<FuzzReport> {
  const { url, key, seed, examples, folder, log } = options;
  const packages = await findSchemathesis(log);
  const file = join(folder, 'schemathesis.json');
  const child = spawn(
    'python3',
    [
      ...['-m', 'schemathesis.cli', '--config-file', join(__dirname, 'schemathesis.toml')],
      ...['run', `${url}/openapi.json`, '--header', `Authorization: Bearer ${key}`],
      // A stream of events ends after five minutes, and has tests of its own.
      ...['--exclude-path-regex', 'events$'],
      ...['--checks', 'all', '--continue-on-failure', '--workers', '2', '--request-timeout', '70'],
      ...['--max-examples', String(examples), '--seed', String(seed)],
      ...['--report', 'json', '--report-json-path', file],
    ],
    { cwd: folder, env: { ...process.env, PYTHONPATH: packages }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  // What goes to standard output is the report.
  child.stdout.pipe(process.stderr, { end: false });
  await once(child, 'close');
  const report = JSON.parse(readFileSync(file, 'utf8')) as RunReport;
  return {
    seed,
    cases: report.test_cases.generated,
    operations: report.operations.tested,
    seconds: Math.round(report.running_time),
    failures: [
      ...report.failures.map(({ code, title, operations }) => ({
        code,
        title,
        operations: operations.map((operation) =>
          typeof operation === 'string' ? operation : JSON.stringify(operation),
        ),
      })),
      ...report.errors.map(({ title }) => ({ code: 'ERROR', title, operations: [] })),
    ],
  };
}
