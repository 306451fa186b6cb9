import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { CaseReport, Report } from '../../bench/report';
import { CHECKOUT } from '../../src/dev/checkout';

const JITI = join(CHECKOUT, 'node_modules', 'jiti', 'lib', 'jiti-cli.mjs');

/** A smoke run on servers of its own. Nothing here judges time: that is for a quiet machine and a full run. */
let report: Report;

beforeAll(async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [JITI, join('bench', 'main.ts'), '--quick', '--json'],
    { cwd: CHECKOUT },
  );
  report = JSON.parse(stdout) as Report;
}, 60_000);

function caseOf(key: string): CaseReport {
  const found = report.cases.find((each) => each.key === key);
  if (found === undefined) throw new Error(`There is no case ${key}.`);
  return found;
}

it('measures every case', () => {
  expect(report.cases.map(({ key }) => key)).toEqual([
    'uncontended',
    'backToBack',
    'concurrent',
    'sameMoment5',
    'sameMoment10',
    'historyCost',
    'growth',
  ]);
});

it.each([
  ['uncontended', ['engine', 'bareUpdate', 'plainPostgres'], ['p50', 'p95', 'p99']],
  ['backToBack', ['engine', 'bareUpdate', 'plainPostgres'], ['p50', 'p95', 'p99']],
  ['concurrent', ['engine', 'bareUpdate', 'plainPostgres'], ['p50', 'p95', 'p99', 'throughput']],
  ['sameMoment5', ['engine', 'bareUpdate', 'bareUpdateNaive', 'plainPostgres'], ['allAnswered', 'applied']],
  ['sameMoment10', ['engine', 'bareUpdate', 'bareUpdateNaive', 'plainPostgres'], ['allAnswered', 'applied']],
  ['historyCost', ['engine', 'bareUpdate'], ['events', 'bytes']],
  ['growth', ['engine', 'bareUpdate', 'plainPostgres'], ['young', 'old', 'oldToYoung']],
])('gives %s for each contender, with a ratio to each floor', (key, contenders, metrics) => {
  const { figures, ratios, metrics: described } = caseOf(key);
  expect(Object.keys(figures)).toEqual(contenders);
  for (const spreads of Object.values(figures)) {
    expect(Object.keys(spreads)).toEqual(expect.arrayContaining(metrics));
    for (const { median, min, max, rounds } of Object.values(spreads)) {
      expect(rounds).toHaveLength(report.rounds);
      expect(min).toBeGreaterThanOrEqual(0);
      expect(median).toBeGreaterThanOrEqual(min);
      expect(median).toBeLessThanOrEqual(max);
    }
  }
  const compared = metrics.filter((metric) => described[metric]?.compared);
  expect(Object.keys(ratios)).toEqual(contenders.filter((contender) => contender !== 'engine'));
  for (const spreads of Object.values(ratios)) {
    expect(Object.keys(spreads)).toEqual(expect.arrayContaining(compared));
  }
});

it.each(['sameMoment5', 'sameMoment10'])('exactly one request is applied in every burst of %s', (key) => {
  const { figures } = caseOf(key);
  for (const { applied } of Object.values(figures)) {
    expect(applied).toMatchObject({ min: 1, max: 1 });
  }
  expect(figures.engine?.['failed']).toMatchObject({ min: 0, max: 0 });
});

it('counts at least as many history events as a transition must have', () => {
  const { engine, bareUpdate } = caseOf('historyCost').figures;
  // A signal or an accepted and a completed Update, a workflow task of three events, and the engine's marker.
  expect(engine?.['events']?.median).toBeGreaterThanOrEqual(5);
  expect(bareUpdate?.['events']?.median).toBeGreaterThanOrEqual(5);
});

it('names the machine and the versions', () => {
  const { cpu, cores, node, temporalServer, temporalSdk, postgres } = report.machine;
  expect(cpu).not.toBe('');
  expect(cores).toBeGreaterThan(0);
  expect(node).toBe(process.versions.node);
  for (const version of [temporalServer, temporalSdk, postgres]) expect(version).toMatch(/^\d+\.\d+/);
});
