import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { CheckError, failed, judged, passed, type Result } from '../check';
import { buildOfThisCode } from '../build';
import { readJunit, type JunitResults } from '../junit/read-junit';
import { ROLLOUT_LIMITS } from '../limits';
import { messageOf } from '../run-checks';
import { lastLines, runCommand } from '../run-command';
import type { PreflightCheck, PreflightContext } from './preflight';

/** The command whose results, written in CI, are read before a deployment. */
const COMMAND = 'intent preflight';

/** The four steps that are about the code, and not about a deployment. */
export const tests = codeCheck('tests', 'Tests passing', 'before 5', 'npm test -- --ci');
export const types = codeCheck('types', 'TypeScript clean', 'before 6', 'npm run typecheck');
export const freeze = codeCheck(
  'freeze',
  'Production freeze verification',
  'before 7',
  'npm run freeze:verify',
);
export const stress = codeCheck('stress', 'Stress tests', 'before 8', 'npm run test:faults -- --short');

function codeCheck(name: string, title: string, step: string, script: string): PreflightCheck {
  return {
    name,
    title,
    step,
    // Each of them takes all of the machine; and a build of one would pull the floor from under another.
    lane: 'code',
    run: (context) => (context.options.full ? runScript(script, context) : readResults(name, context)),
  };
}

async function runScript(script: string, { options, servers, signal }: PreflightContext): Promise<Result> {
  const { checkout } = options;
  await stat(join(checkout, 'package.json')).catch(() => {
    throw new CheckError(
      `${checkout} is no checkout: there is no package.json`,
      'Run it in a checkout, or name one with --checkout.',
    );
  });
  const { code, output } = await runCommand(script, {
    cwd: checkout,
    env: withoutServers(servers.env),
    signal,
  });
  if (code === 0) return passed([`${script}: ended with 0`, ...lastLines(output, 2)]);
  return failed(
    [`${script}: ended with ${code ?? 'a signal'}`, ...lastLines(output)],
    `Run it in ${checkout}, and mend what it names.`,
  );
}

/** Tests start servers of their own. Whatever they do, they must not know those of the deployment. */
function withoutServers(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) =>
        !/^(.*DATABASE_URL|DATABASE_POOL_SIZE|INTENT_.*|PG[A-Z]+)$/.test(name) &&
        !/^TEMPORAL_(?!CLI_PATH|TEST_)/.test(name),
    ),
  );
}

async function readResults(name: string, context: PreflightContext): Promise<Result> {
  const { ciJunit, ciMaxAgeMs } = context.options;
  const fix =
    `In CI, run: intent preflight --full --only tests,types,freeze,stress --junit ci.xml; then give that file with --ci-junit. ` +
    `Or give --full in a checkout.`;
  const files = await Promise.all(ciJunit.map(readFileOf));
  const telling = files.filter(({ results }) => casesOf(name, results).length > 0);
  if (telling.length === 0) {
    return failed(
      ciJunit.length === 0
        ? 'nobody says: neither --full nor --ci-junit is given'
        : `no file of --ci-junit tells of it: ${ciJunit.join(', ')}`,
      fix,
    );
  }
  const build = await buildOfThisCode();
  const problems: string[] = [];
  const saw: string[] = [];
  for (const { file, results, changedAt } of telling) {
    const cases = casesOf(name, results);
    const wrong = cases.filter(({ status }) => status === 'failed');
    for (const { classname, name: test, message } of wrong.slice(0, 5)) {
      problems.push(
        `${file}: ${[classname, test].filter(Boolean).join(' ')} failed${message === '' ? '' : `: ${message}`}`,
      );
    }
    if (wrong.length > 5) problems.push(`${file}: and ${wrong.length - 5} more`);
    if (!cases.some(({ status }) => status === 'passed') && wrong.length === 0)
      problems.push(`${file}: it was left out there`);
    const at = results.at ?? changedAt;
    const ageMs = context.now.getTime() - at.getTime();
    if (ageMs > ciMaxAgeMs)
      problems.push(`${file}: it is of ${at.toISOString()}, older than --ci-max-age allows`);
    const theirs = isOurs(results) ? results.properties['build'] : undefined;
    if (theirs !== undefined && theirs !== build) {
      problems.push(`${file}: it is of the build ${theirs}, and this is ${build}`);
    }
    saw.push(
      `${file}: ${cases.filter(({ status }) => status === 'passed').length} passed, ${at.toISOString()}${theirs === undefined ? '' : `, build ${theirs}`}`,
    );
  }
  return judged(problems, saw, fix);
}

/** A file of this command tells of the check by its name; any other file is the run of a test runner. */
function casesOf(name: string, results: JunitResults): JunitResults['cases'] {
  if (isOurs(results)) return results.cases.filter((each) => each.name === name);
  return name === 'tests' ? results.cases : [];
}

function isOurs({ cases }: JunitResults): boolean {
  return cases.some(({ suite }) => suite === COMMAND);
}

async function readFileOf(file: string): Promise<{ file: string; results: JunitResults; changedAt: Date }> {
  try {
    const { size, mtime } = await stat(file);
    if (size > ROLLOUT_LIMITS.junitBytes) throw new Error(`it has ${size} bytes`);
    return { file, results: readJunit(await readFile(file, 'utf8')), changedAt: mtime };
  } catch (error) {
    throw new CheckError(
      `${file}: ${messageOf(error)}`,
      'Give the JUnit file of the run in CI with --ci-junit.',
    );
  }
}
