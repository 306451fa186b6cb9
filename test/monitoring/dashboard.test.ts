import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { stringify } from 'yaml';

import { intentsDashboard } from '../../monitoring/grafana/dashboard';
import { CHECKOUT } from '../../src/dev/checkout';
import { runCommand } from '../../src/dev/machine/run-command';
import { makeTemporaryFolder } from '../../src/dev/machine/temporary-folder';
import { findPrometheus } from '../../src/dev/servers/prometheus';
import { documentedMetrics, familyOf, metricsOf, metricsOfSdk } from './metric-names';
import { rules } from './rules-file';

const FILE = join(CHECKOUT, 'monitoring', 'grafana', 'intents.json');

interface Panel {
  title: string;
  type: string;
  description?: string;
  targets?: { expr: string; refId: string }[];
}
const made = JSON.stringify(intentsDashboard(), null, 2);
const panels = (JSON.parse(made) as { panels: Panel[] }).panels;
const queries = panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => [title, expr] as const),
);

test('the file for Grafana is what the source makes; renew it with RENEW_DASHBOARD=1', () => {
  if (process.env['RENEW_DASHBOARD']) writeFileSync(FILE, `${made}\n`);
  expect(JSON.parse(readFileSync(FILE, 'utf8'))).toEqual(JSON.parse(made));
});

test('every panel has a title of its own, says what it means, and asks for something', () => {
  const shown = panels.filter(({ type }) => type !== 'row');
  expect(shown.length).toBeGreaterThan(20);
  expect(new Set(shown.map(({ title }) => title)).size).toBe(shown.length);
  for (const { title, description, targets = [] } of shown) {
    expect([title, description]).toEqual([title, expect.stringMatching(/\.$/)]);
    expect(targets.length).toBeGreaterThan(0);
  }
});

test('Prometheus can read every query', async () => {
  const { promtool } = await findPrometheus({ log: console.error });
  const folder = await makeTemporaryFolder();
  const file = join(folder.path, 'queries.yaml');
  const asRules = queries.map(([, expr], index) => ({
    record: `query:${index}`,
    expr: expr.replaceAll('$__rate_interval', '1m'),
  }));
  writeFileSync(file, stringify({ groups: [{ name: 'dashboard', rules: asRules }] }));
  expect(await runCommand(promtool, { args: ['check', 'rules', file] })).toContain(
    `SUCCESS: ${queries.length} rules found`,
  );
  folder.remove();
}, 120_000);

describe('every metric exists', () => {
  const sdk = metricsOfSdk();
  const own = documentedMetrics();
  const recorded = new Set(rules().map(({ record }) => record));
  const ofPrometheus = new Set(['up', 'ALERTS']);
  const exists = (metric: string) =>
    ofPrometheus.has(metric) ||
    recorded.has(metric) ||
    own.has(familyOf(metric)) ||
    sdk.has(familyOf(metric));
  const unknown = (expr: string) => metricsOf(expr).filter((metric) => !exists(metric));

  test('names are read out of expressions, whatever is around them', () => {
    expect(
      metricsOf(
        'sum by (code) (rate(a_total{x="b"}[5m])) > 2 * on(c) max(intent:d:rate5m offset 1d) or vector(0)',
      ),
    ).toEqual(['a_total', 'intent:d:rate5m']);
    expect(unknown('intent_no_such_metric + temporal_no_such_metric')).toHaveLength(2);
  });

  test.each(rules().map((rule) => [rule.alert ?? rule.record ?? '', rule.expr] as const))(
    'that the rule %s looks at',
    (_name, expr) => {
      expect(metricsOf(expr)).not.toEqual([]);
      expect(unknown(expr)).toEqual([]);
    },
  );

  test.each(queries)('that the panel %s shows', (_title, expr) => {
    expect(metricsOf(expr)).not.toEqual([]);
    expect(unknown(expr)).toEqual([]);
  });
});
