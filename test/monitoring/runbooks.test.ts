import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { CHECKOUT } from '../../src/dev/checkout';
import { insertOutcomes } from '../../src/database/insert-outcomes';
import { applied, createdIntent, rejected, TO_PENDING, useDatabase } from '../database/use-database';
import { alerts, runbookOf } from './rules-file';

const FOLDER = join(CHECKOUT, 'docs', 'runbooks');
const pages = readdirSync(FOLDER).filter((name) => name !== 'README.md');
const textOf = (page: string) => readFileSync(join(FOLDER, page), 'utf8');
const statementsOf = (page: string) =>
  [...textOf(page).matchAll(/^```sql\n(.*?)^```$/gms)].map(([, sql = ''], index): [string, string] => [
    `${page}, statement ${index + 1}`,
    sql,
  ]);

test('every page is of an alert, and the index has them all', () => {
  const linked = alerts().map((alert) => runbookOf(alert).replace('docs/runbooks/', ''));
  expect(new Set(pages)).toEqual(new Set(linked));
  const index = textOf('README.md');
  for (const alert of alerts()) {
    const page = runbookOf(alert).replace('docs/runbooks/', '');
    const row = index.split('\n').find((line) => line.includes(`\`${alert.alert}\``));
    expect(row).toContain(`](${page})`);
    expect(row).toContain(alert.labels['severity']);
  }
});

test.each(pages)('%s says what it means, how to see it, what to do, and how it ends', (page) => {
  const headings = [...textOf(page).matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
  expect(headings).toEqual(['What it means', 'How to see it', 'What to do', 'How to know that it is over']);
  expect(statementsOf(page).length).toBeGreaterThan(0);
});

describe('SQL', () => {
  const pools = useDatabase('runbooks');
  beforeAll(async () => {
    const intent = await createdIntent(pools.engine);
    await insertOutcomes(pools.engine, intent, [applied(2, TO_PENDING), rejected(1)]);
  });

  test.each(pages.flatMap(statementsOf))(
    '%s: runs as the engine and as the owner, and only reads',
    async (_place, sql) => {
      for (const role of ['engine', 'owner'] as const) {
        const client = await pools[role].connect();
        try {
          await client.query('BEGIN READ ONLY');
          const { fields } = await client.query(sql);
          expect(fields.length).toBeGreaterThan(0);
        } finally {
          client.release(true);
        }
      }
    },
  );
});
