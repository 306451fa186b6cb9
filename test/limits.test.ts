import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ACTIVITY_LIMITS } from '../src/activities/limits';
import { ARCHIVE_LIMITS } from '../src/archive/limits';
import { CLI_LIMITS } from '../src/cli/limits';
import { CLIENT_LIMITS } from '../src/client/limits';
import { DATABASE_LIMITS } from '../src/database/limits';
import { GATEWAY_LIMITS } from '../src/gateway/limits';
import { GRAPH_LIMITS } from '../src/graph/limits';
import { PICTURE_LIMITS } from '../src/graph-pictures/limits';
import { HTTP_CLIENT_LIMITS } from '../src/http-client/limits';
import { IMPORT_LIMITS } from '../src/import/limits';
import { LIMITS } from '../src/intent/limits';
import { MIGRATION_LIMITS } from '../src/migration/limits';
import { OPS_LIMITS } from '../src/ops/limits';
import { ROLLOUT_LIMITS } from '../src/rollout/limits';
import { SCHEDULE_LIMITS } from '../src/schedule/limits';
import { WEBHOOK_LIMITS } from '../src/webhooks/limits';
import { WORKER_LIMITS } from '../src/worker/limits';
import { WORKFLOW_LIMITS } from '../src/workflows/limits';

const ROOT = join(__dirname, '..');

const IN_CODE: Record<string, Record<string, number>> = {
  'src/activities/limits.ts': ACTIVITY_LIMITS,
  'src/archive/limits.ts': ARCHIVE_LIMITS,
  'src/cli/limits.ts': CLI_LIMITS,
  'src/client/limits.ts': CLIENT_LIMITS,
  'src/database/limits.ts': DATABASE_LIMITS,
  'src/gateway/limits.ts': GATEWAY_LIMITS,
  'src/graph-pictures/limits.ts': PICTURE_LIMITS,
  'src/graph/limits.ts': GRAPH_LIMITS,
  'src/http-client/limits.ts': HTTP_CLIENT_LIMITS,
  'src/import/limits.ts': IMPORT_LIMITS,
  'src/intent/limits.ts': LIMITS,
  'src/migration/limits.ts': MIGRATION_LIMITS,
  'src/ops/limits.ts': OPS_LIMITS,
  'src/rollout/limits.ts': ROLLOUT_LIMITS,
  'src/schedule/limits.ts': SCHEDULE_LIMITS,
  'src/webhooks/limits.ts': WEBHOOK_LIMITS,
  'src/worker/limits.ts': WORKER_LIMITS,
  'src/workflows/limits.ts': WORKFLOW_LIMITS,
};

/** The tables of the page, by the file that the heading above them names. */
function documented(): Record<string, Record<string, number>> {
  const page = readFileSync(join(ROOT, 'docs', 'reference', 'limits.md'), 'utf8');
  return Object.fromEntries(
    page.split(/^## /m).flatMap((section) => {
      const file = /^.*`(src\/.*)`$/m.exec(section.split('\n', 1)[0] ?? '')?.[1];
      if (file === undefined) return [];
      const rows = [...section.matchAll(/^\| `(\w+)` *\| ([\d.,]+)/gm)];
      return [[file, Object.fromEntries(rows.map(([, name, figure = '']) => [name, numberOf(figure)]))]];
    }),
  );
}

function numberOf(figure: string): number {
  return Number(figure.replaceAll(',', ''));
}

test('the limits in the documentation are those in the code, name by name and figure by figure', () => {
  expect(documented()).toEqual(IN_CODE);
});

test('every file of limits is in the documentation', () => {
  const files = sources().filter((file) => file.endsWith('/limits.ts'));
  expect(files).toEqual(Object.keys(IN_CODE));
});

test('no figure of a thousand or more, and no time, stands elsewhere in the code', () => {
  // What only tools for developers wait for, and how often a progress line is drawn, bounds nobody.
  const elsewhere = sources().filter(
    (file) => !/^src\/(dev|demo)\/|\/limits\.ts$|^src\/cli\/progress-bar\.ts$/.test(file),
  );
  const figures = elsewhere.flatMap((file) =>
    readFileSync(join(ROOT, file), 'utf8')
      .split('\n')
      // A thousand to divide or multiply by turns milliseconds into seconds.
      .filter((line) => /(?<![*/] )\b\d{1,3}(_\d{3})+\b|'\d+ ?(ms|s|m|h)'/.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  );
  expect(figures).toEqual([]);
  expect(elsewhere.length).toBeGreaterThan(100);
});

function sources(): string[] {
  return readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `src/${name}`)
    .sort();
}
