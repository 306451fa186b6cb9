import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { RolloutReport } from '../../src/rollout/report';
import { junitOf } from '../../src/rollout/junit/write-junit';
import { readJunit } from '../../src/rollout/junit/read-junit';
import { signedReport } from '../../src/cli/rollout/signed-report';
import { capturedRun } from '../cli/captured-run';
import { runChecked, runOne, seen } from './run-check';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'intent-rollout-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
const CODE = ['tests', 'types', 'freeze', 'stress'];
const ONLY = ['preflight', '--only', CODE.join(',')];

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** A checkout with scripts that say what they see, and end as they are told. */
async function checkout(codes: Record<string, number>): Promise<string> {
  const path = await mkdtemp(join(folder, 'checkout-'));
  const script = (name: string) =>
    `node -e "console.log('${name} ran', process.argv.slice(1).join(' '), process.env.DATABASE_URL, process.env.INTENT_TASK_QUEUE); process.exitCode = ${codes[name] ?? 0}" --`;
  const scripts = {
    test: script('test'),
    typecheck: script('typecheck'),
    'freeze:verify': script('freeze'),
    'test:faults': script('faults'),
  };
  await writeFile(join(path, 'package.json'), JSON.stringify({ name: 'checkout', private: true, scripts }));
  return path;
}

test('--full runs the scripts of the checkout, without the servers of the deployment', async () => {
  const path = await checkout({});
  const servers = { DATABASE_URL: 'postgres://a@127.0.0.1:1/production', INTENT_TASK_QUEUE: 'production' };
  const { exitCode, checks } = await runChecked([...ONLY, '--full', '--checkout', path], {
    ...env,
    ...servers,
  });
  expect([...checks.values()].map(({ status }) => status)).toEqual(['passed', 'passed', 'passed', 'passed']);
  expect(exitCode).toBe(0);
  const texts = CODE.map((name) => (checks.get(name)?.saw ?? []).join(' '));
  expect(texts[0]).toContain('test ran --ci undefined undefined');
  expect(texts[3]).toContain('faults ran --short undefined undefined');
});

test.each([
  ['test', 'tests'],
  ['typecheck', 'types'],
  ['freeze', 'freeze'],
  ['faults', 'stress'],
])('--full fails with the script %s, and shows what it printed', async (script, name) => {
  const path = await checkout({ [script]: 3 });
  const report = await runOne('preflight', name, env, ['--full', '--checkout', path]);
  expect(report.status).toBe('failed');
  expect(seen(report)).toContain('ended with 3');
  expect(seen(report)).toContain(`${script} ran`);
});

test('--full outside of a checkout fails', async () => {
  expect(seen(await runOne('preflight', 'types', env, ['--full', '--checkout', folder]))).toContain(
    'is no checkout',
  );
});

test('what CI wrote with --junit is read before a deployment, check by check', async () => {
  const junit = join(folder, 'ci.xml');
  const path = await checkout({ faults: 1 });
  expect((await runChecked([...ONLY, '--full', '--checkout', path, '--junit', junit], env)).exitCode).toBe(1);
  const { checks } = await runChecked([...ONLY, '--ci-junit', junit], env);
  expect(CODE.map((name) => checks.get(name)?.status)).toEqual(['passed', 'passed', 'passed', 'failed']);
  expect(checks.get('stress')?.saw[0]).toContain(
    'intent.preflight stress failed: npm run test:faults -- --short',
  );

  const xml = await readFile(junit, 'utf8');
  const old = await file('old.xml', xml.replaceAll(/timestamp="\d{4}/g, 'timestamp="2020'));
  expect(seen(await runOne('preflight', 'tests', env, ['--ci-junit', old]))).toContain(
    'older than --ci-max-age allows',
  );
  const other = await file(
    'other.xml',
    xml.replace(/name="build" value="[^"]*"/, 'name="build" value="9.9.9-abc"'),
  );
  expect(seen(await runOne('preflight', 'tests', env, ['--ci-junit', other]))).toContain(
    'it is of the build 9.9.9-abc',
  );
  const { checks: left } = await runChecked(
    ['preflight', '--only', 'types', '--skip', 'types', '--junit', junit],
    env,
  );
  expect(left.get('types')?.status).toBe('skipped');
  expect(seen(await runOne('preflight', 'types', env, ['--ci-junit', junit]))).toContain(
    'it was left out there',
  );
});

describe('a file of a test runner', () => {
  const jest = (more = '') =>
    `<?xml version="1.0" encoding="UTF-8"?>
     <testsuites name="jest tests" tests="2"><testsuite name="decide" timestamp="${new Date().toISOString().slice(0, 19)}">
       <testcase classname="decide" name="a &lt; b"/><testcase classname="decide" name="second">${more}</testcase>
     </testsuite></testsuites>`;

  test('tells of the tests alone', async () => {
    const path = await file('jest.xml', jest());
    expect(seen(await runOne('preflight', 'tests', env, ['--ci-junit', path]))).toContain('2 passed');
    expect(seen(await runOne('preflight', 'types', env, ['--ci-junit', path]))).toContain(
      'no file of --ci-junit tells of it',
    );
  });

  test.each(['<failure message="no">x</failure>', '<error message="no"/>'])(
    'with %s it fails',
    async (more) => {
      const path = await file('failed.xml', jest(more));
      expect(seen(await runOne('preflight', 'tests', env, ['--ci-junit', path]))).toContain(
        'decide second failed: no',
      );
    },
  );

  test('without a time its own date counts', async () => {
    const path = await file('undated.xml', jest().replace(/ timestamp="[^"]*"/, ''));
    expect(await runOne('preflight', 'tests', env, ['--ci-junit', path])).toMatchObject({ status: 'passed' });
    const before = new Date(Date.now() - 8 * 86_400_000);
    await utimes(path, before, before);
    expect(await runOne('preflight', 'tests', env, ['--ci-junit', path])).toMatchObject({ status: 'failed' });
  });

  test.each([
    ['no XML', 'not xml at all'],
    ['XML that is cut off', '<testsuites><testsuite>'],
    ['another document', '<html><body/></html>'],
    ['nothing', ''],
  ])('one that is %s fails', async (_, content) => {
    const path = await file('wrong.xml', content);
    expect(seen(await runOne('preflight', 'tests', env, ['--ci-junit', path]))).toMatch(
      /it is no (JUnit )?XML/,
    );
  });
});

const EVIL = 'a\u001b[2K\u0000 <b>&"\' ]]> \ud800 | `x` *y*\u2028';
const REPORT: RolloutReport = {
  command: 'intent preflight',
  startedAt: new Date('2026-11-28T12:00:00Z'),
  seconds: 1.5,
  version: '0.1.0',
  about: { database: EVIL },
  checks: [
    { name: 'one', title: EVIL, step: 'before 1', status: 'failed', saw: [EVIL], fix: EVIL, seconds: 1 },
    { name: 'two', title: 'two', step: 'before 2', status: 'skipped', saw: [EVIL], seconds: 0 },
    {
      name: 'three',
      title: 'three',
      step: 'before 3',
      status: 'passed',
      saw: ['well'],
      warnings: [EVIL],
      seconds: 0,
    },
  ],
};

test('JUnit is well-formed whatever it says, by a parser of another language', async () => {
  const path = await file('evil.xml', junitOf(REPORT));
  const program =
    'import sys, json, xml.etree.ElementTree as e; s = e.parse(sys.argv[1]).getroot()[0];' +
    'print(json.dumps([s.attrib["tests"], s.attrib["failures"], s.attrib["skipped"]] + [[c.attrib["name"], [k.tag for k in c]] for c in s.iter("testcase")]))';
  const { stdout } = await promisify(execFile)('python3', ['-c', program, path]);
  expect(JSON.parse(stdout)).toEqual([
    '3',
    '1',
    '1',
    ['one', ['failure', 'system-out']],
    ['two', ['skipped', 'system-out']],
    ['three', ['system-out']],
  ]);
  const read = readJunit(junitOf(REPORT));
  expect(read.at).toEqual(REPORT.startedAt);
  expect(read.cases.map(({ name, status }) => [name, status])).toEqual([
    ['one', 'failed'],
    ['two', 'skipped'],
    ['three', 'passed'],
  ]);
  // All but what XML can't hold comes back; this parser takes U+2028 for the end of a line.
  const legal = ['\u001b', '\u0000', '\ud800'].reduce((text, each) => text.replaceAll(each, '\ufffd'), EVIL);
  expect(read.cases[0]?.message).toBe(legal.replace('\u2028', ' '));
});

test('the report to sign has every result and lines to sign, and takes no markup from outside', () => {
  const report = signedReport(REPORT);
  expect(report).toContain('# intent preflight: 1 of 3 failed');
  expect(report).toContain('| name | role | date | signature |');
  expect(report).toContain('1 passed, 1 failed, 1 skipped, 1 warnings.');
  expect(report).not.toContain('<b>');
  for (const line of report.split('\n').filter((each) => each.startsWith('| before'))) {
    expect(line.replaceAll(String.raw`\|`, '').split('|')).toHaveLength(6);
  }
});

test('a file that can not be written is exit code 2, though all holds', async () => {
  const path = await checkout({});
  const args = [
    'preflight',
    '--only',
    'types',
    '--full',
    '--checkout',
    path,
    '--report',
    join(folder, 'no', 'such'),
  ];
  expect(await capturedRun(args, env)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('ENOENT') as string,
  });
});
