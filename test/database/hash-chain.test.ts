import { createHash } from 'node:crypto';

import fc from 'fast-check';

import { insertOutcomes } from '../../src/database/insert-outcomes';
import { readHistory } from '../../src/database/read-history';
import { isStorableText, metadataSchema, type AuditRow, type Json, type Metadata } from '../../src/intent';
import {
  applied,
  createdIntent,
  TO_FAILED,
  TO_PENDING,
  TO_PROCESSING,
  TO_RETRY,
  useDatabase,
} from './use-database';

const pools = useDatabase('hash chain');

/** JSON as Postgres prints jsonb: keys by length in bytes, then by their bytes; a space after `,` and `:`. */
function jsonbText(value: Json): string {
  if (typeof value === 'number') return decimal(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(jsonbText).join(', ')}]`;
  const entries = Object.entries(value)
    .map(([key, item]) => ({ key: Buffer.from(key), text: `${JSON.stringify(key)}: ${jsonbText(item)}` }))
    .sort((a, b) => a.key.length - b.key.length || a.key.compare(b.key));
  return `{${entries.map(({ text }) => text).join(', ')}}`;
}

/** A number as Postgres prints numeric: without an exponent. */
function decimal(value: number): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(JSON.stringify(value)) ?? [];
  const point = whole.length + Number(exponent);
  const digits = (whole + fraction).padEnd(point, '0');
  if (point >= digits.length) return sign + digits;
  const padded = digits.padStart(digits.length - point + 1, '0');
  const cut = Math.max(point, 1);
  return `${sign}${padded.slice(0, cut)}.${padded.slice(cut)}`;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

interface ChainedIntent {
  id: string;
  organizationId: string;
  personalSalt: string | null;
}

/** The chain as the comments in the schema describe it. */
function hashes(intent: ChainedIntent, rows: readonly AuditRow[]): string[] {
  let previous = '';
  return rows.map((row) => {
    const personal = sha256(
      jsonbText([intent.personalSalt, row.sequence, row.reason, row.actor, row.metadata]),
    );
    const canonical = jsonbText([
      intent.id,
      intent.organizationId,
      row.sequence,
      row.requestId,
      row.previousState,
      row.newState,
      personal,
      row.transitionedAt.toISOString().replace('Z', '000Z'),
    ]);
    previous = sha256(previous + canonical);
    return previous;
  });
}

async function expectChain(intent: ChainedIntent): Promise<AuditRow[]> {
  const rows = await readHistory(pools.engine, intent.id);
  expect(rows.map(({ hash }) => hash)).toEqual(hashes(intent, rows));
  return rows;
}

test('the documented canonical form is what is hashed, byte for byte', async () => {
  const intent = await createdIntent(pools.engine);
  await insertOutcomes(pools.engine, intent, [
    applied(2, TO_PENDING, {
      actor: 'Ada "Grün" \\ 🌱',
      metadata: { long: 1e21, b: -0.5, aa: [1e-7, { ö: '\u0001\n' }] },
      transitionedAt: '1912-06-23T00:00:00.001Z',
    }),
  ]);
  const { rows } = await pools.engine.query<{ text: string; digest: string }>(
    `SELECT intent_audit_canonical(a) AS text, personal_digest AS digest
       FROM workflow_transition_audit a WHERE workflow_id = $1 AND sequence = 2`,
    [intent.id],
  );
  const personal =
    `["${intent.personalSalt}", 2, null, "Ada \\"Grün\\" \\\\ 🌱", ` +
    '{"b": -0.5, "aa": [0.0000001, {"ö": "\\u0001\\n"}], "long": 1000000000000000000000}]';
  expect(rows[0]?.digest).toBe(sha256(personal));
  expect(rows[0]?.text).toBe(
    `["${intent.id}", "${intent.organizationId}", 2, "request-2", "CREATED", "ICP_PENDING", ` +
      `"${sha256(personal)}", "1912-06-23T00:00:00.001000Z"]`,
  );
  await expectChain(intent);
});

test('the chain can be computed again from what anybody can read, whatever the rows hold', async () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter(isStorableText);
  const metadata = fc
    .dictionary(text, fc.jsonValue({ stringUnit: 'grapheme', maxDepth: 4 }))
    .filter((value) => metadataSchema.safeParse(value).success);
  const row = fc.record(
    {
      requestId: fc.uuid(),
      actor: text,
      reason: text,
      metadata: metadata as fc.Arbitrary<Metadata>,
      transitionedAt: fc
        .date({
          min: new Date('1900-01-01T00:00:00Z'),
          max: new Date('9999-12-30T00:00:00Z'),
          noInvalidDate: true,
        })
        .map((date) => date.toISOString()),
    },
    { requiredKeys: ['requestId'] },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(row, { selector: ({ requestId }) => requestId, minLength: 40, maxLength: 40 }),
      async (details) => {
        const intent = await createdIntent(pools.engine);
        const edges = [TO_PENDING, TO_PROCESSING];
        const batch = details.map((detail, index) =>
          applied(index + 2, edges[index] ?? (index % 2 === 0 ? TO_FAILED : TO_RETRY), detail),
        );
        const stored = await insertOutcomes(pools.engine, intent, batch);
        const rows = await expectChain(intent);
        expect(stored.map(({ hash }) => hash)).toEqual(rows.slice(1).map(({ hash }) => hash));
        expect(rows.slice(1).map(({ transitionedAt }) => transitionedAt.toISOString())).toEqual(
          batch.map(({ transitionedAt }) => transitionedAt),
        );
      },
    ),
    { numRuns: 8 },
  );
});

test('the settings of a session change no hash', async () => {
  const intent = await createdIntent(pools.engine);
  const client = await pools.engine.connect();
  try {
    await client.query(
      `SET timezone = 'Asia/Kathmandu'; SET datestyle = 'German, DMY'; SET intervalstyle = 'sql_standard';
       SET extra_float_digits = -15; SET bytea_output = 'escape'; SET lc_time = 'C'`,
    );
    const batch = [applied(2, TO_PENDING, { metadata: { a: 0.1 } })];
    await client.query('SELECT intent_record_outcomes($1, $2, $3)', [
      intent.id,
      intent.organizationId,
      JSON.stringify(batch),
    ]);
  } finally {
    client.release(true);
  }
  await expectChain(intent);
});
