import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';

import { CHECKOUT } from '../../src/dev/checkout';
import { runCommand } from '../../src/dev/machine/run-command';
import { findPrometheus } from '../../src/dev/servers/prometheus';
import { alerts, RULES_FILE, runbookOf } from './rules-file';

const UNIT_TESTS = join(__dirname, 'alerts');
const files = readdirSync(UNIT_TESTS);

interface UnitTest {
  tests: { name: string; alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[];
}

let promtool: string;
beforeAll(async () => {
  ({ promtool } = await findPrometheus({ log: console.error }));
}, 120_000);

test('Prometheus takes the rules, and the example of its configuration', async () => {
  expect(await runCommand(promtool, { args: ['check', 'rules', '--lint-fatal', RULES_FILE] })).toContain(
    'SUCCESS',
  );
  const example = join(CHECKOUT, 'monitoring', 'prometheus.yaml');
  expect(await runCommand(promtool, { args: ['check', 'config', '--lint-fatal', example] })).toContain(
    'is valid prometheus config file syntax',
  );
});

test.each(files)(
  '%s: fires, and does not fire',
  async (file) => {
    expect(await runCommand(promtool, { args: ['test', 'rules', join(UNIT_TESTS, file)] })).toContain(
      'SUCCESS',
    );
  },
  180_000,
);

test('every alert has a file of unit tests, in which it fires and in which all is well', () => {
  const kebab = (name: string) => name.replaceAll(/(?<!^)[A-Z]/g, '-$&').toLowerCase();
  expect(files.toSorted()).toEqual(
    alerts()
      .map(({ alert }) => `${kebab(alert)}.test.yaml`)
      .toSorted(),
  );
  for (const { alert } of alerts()) {
    const { tests } = parse(readFileSync(join(UNIT_TESTS, `${kebab(alert)}.test.yaml`), 'utf8')) as UnitTest;
    const moments = tests.map((unit) => unit.alert_rule_test);
    expect(moments.flat().map(({ alertname }) => alertname)).toEqual(moments.flat().map(() => alert));
    const fires = moments.map((of) => of.some(({ exp_alerts: expected }) => expected.length > 0));
    expect([alert, fires.includes(true), fires.includes(false)]).toEqual([alert, true, true]);
  }
});

describe.each(alerts().map((alert) => [alert.alert, alert] as const))('%s', (name, alert) => {
  test('says how grave it is, what is wrong, and where to read on', () => {
    expect(alert.labels).toEqual({
      severity: expect.stringMatching(/^(critical|warning)$/) as string,
      service: 'intent-engine',
    });
    expect(Object.keys(alert.annotations)).toEqual(['title', 'summary', 'description', 'runbook_url']);
  });

  test('links to a page that names it', () => {
    const page = runbookOf(alert);
    expect(page).toMatch(/^docs\/runbooks\/[a-z-]+\.md$/);
    expect(existsSync(join(CHECKOUT, page))).toBe(true);
    expect(readFileSync(join(CHECKOUT, page), 'utf8')).toContain(`\`${name}\``);
  });
});
