import fc from 'fast-check';

import { checkExpression, evaluate } from '../../src/graph';
import { GRAPH_LIMITS } from '../../src/graph/limits';

const data = {
  metadata: {
    amount: 500,
    rate: 1.5,
    when: '2026-03-29T01:30:00Z',
    lines: [{ sku: 'a', count: 2 }, { sku: 'b' }],
    nothing: null,
    big: Number.MAX_SAFE_INTEGER,
  },
  results: { CHECKED: { score: 0.75 } },
  intent: { id: 'i', state: 'DRAFT', sequence: 3 },
};
const value = (text: string, request?: unknown) => {
  const evaluated = evaluate(text, request === undefined ? data : { ...data, request });
  return evaluated.ok ? evaluated.value : `! ${evaluated.message}`;
};

test.each<[string, unknown]>([
  ['metadata.amount <= 500', true],
  ['metadata.amount == 500', true],
  ['metadata.amount + 1', 501],
  ['2 * metadata.amount', 1000],
  ['metadata.amount / 3 > 166', true],
  ['metadata.amount % 7 == 3', true],
  ['metadata.rate * metadata.amount', 750],
  ['7 / 2', 3],
  ['size(metadata.lines)', 2],
  ['metadata.lines.size() == 2 && metadata.lines[0].sku == "a"', true],
  ['metadata.lines.exists(line, line.sku == "b")', true],
  ['metadata.lines.map(line, line.sku)', ['a', 'b']],
  ['metadata.lines.filter(line, has(line.count))', [{ sku: 'a', count: 2 }]],
  [
    'metadata.lines.map(line, {"sku": line.sku, "n": 1})',
    [
      { sku: 'a', n: 1 },
      { sku: 'b', n: 1 },
    ],
  ],
  ['has(metadata.amount)', true],
  ['has(metadata.amont)', false],
  ['has(results.CHECKED) && results.CHECKED.score > 0.5', true],
  ['"amount" in metadata', true],
  ['metadata.nothing == null', true],
  ['metadata.nothing', null],
  ['intent.sequence > 2 ? "late" : "early"', 'late'],
  ['metadata', data.metadata],
  ['9007199254740991', 9007199254740991],
  ['metadata.big', 9007199254740991],
  ['1u', 1],
])('%s', (text, expected) => {
  expect(value(text)).toEqual(expected);
});

describe('times', () => {
  test.each<[string, unknown]>([
    ['timestamp(metadata.when)', '2026-03-29T01:30:00.000Z'],
    ['timestamp("2026-03-29T03:30:00+02:00") == timestamp(metadata.when)', true],
    ['timestamp(metadata.when) + duration("90m")', '2026-03-29T03:00:00.000Z'],
    ['timestamp(metadata.when) - duration("1h30m")', '2026-03-29T00:00:00.000Z'],
    ['timestamp(metadata.when) - timestamp("2026-03-28T01:30:00Z")', 'PT86400S'],
    ['timestamp(metadata.when) < timestamp("2026-03-29T01:30:00.001Z")', true],
    ['timestamp(metadata.when) >= timestamp(metadata.when)', true],
    ['timestamp(1774747800)', '2026-03-29T01:30:00.000Z'],
    ['int(timestamp(metadata.when))', 1774747800],
    ['string(timestamp(metadata.when))', '2026-03-29T01:30:00.000Z'],
    ['timestamp(metadata.when).getHours()', 1],
    ['timestamp(metadata.when).getHours("Europe/Amsterdam")', 3],
    ['timestamp("2026-10-25T00:30:00Z").getHours("Europe/Amsterdam")', 2],
    ['timestamp("2026-12-31T23:30:00Z").getFullYear("Europe/Amsterdam")', 2027],
    ['timestamp(metadata.when).getMonth()', 2],
    ['timestamp(metadata.when).getDate()', 29],
    ['timestamp(metadata.when).getDayOfMonth()', 28],
    ['timestamp(metadata.when).getDayOfWeek()', 0],
    ['timestamp("2026-12-31T12:00:00Z").getDayOfYear()', 364],
    ['[metadata].exists(m, timestamp(m.when).getSeconds() == 0)', true],
  ])('%s', (text, expected) => {
    expect(value(text)).toEqual(expected);
  });

  test('a text without an offset is none, as its meaning would depend on the machine', () => {
    expect(value('timestamp("2026-03-29T01:30:00")')).toMatch(/^! .*2026-03-29T01:30:00/);
  });
});

describe('what is missing is named', () => {
  test.each([
    ['metadata.amont <= 500', 'metadata.amont'],
    ['metadata.customer.name == "Ada"', 'metadata.customer'],
    ['metadata["amont"] > 1', 'metadata["amont"]'],
    ['metadata.lines[0].price > 1', 'metadata.lines[0].price'],
    ['metadata.lines.all(line, line.count > 1)', 'line.count'],
    ['results.ORDERED.id == 1', 'results.ORDERED'],
    ['metadata.amount > 1 && metadata.toString == 1', 'metadata.toString'],
    ['metadata.constructor == 1', 'metadata.constructor'],
  ])('%s', (text, missing) => {
    expect(value(text)).toBe(`! there is no \`${missing}\``);
  });
});

test.each([
  ['metadata.when + 1', 'no such overload: dyn<string> + int'],
  ['metadata.when > 1', 'no such overload: dyn<string> > int'],
  ['!metadata.amount', 'no such overload: !double'],
  ['metadata.amount ? 1 : 2', "Ternary condition must be bool, got 'double'"],
  ['metadata.lines[7]', 'No such key: index out of bounds, index 7 >= size 2'],
  ['1 / 0', 'division by zero'],
  ['9223372036854775807 + 1', 'integer overflow: 9223372036854775808'],
  ['metadata.amount / 0', 'the value Infinity is not a number of JSON'],
  [
    '9223372036854775807',
    'the whole number 9223372036854775807 is larger than JSON holds exactly: use double(...) or string(...)',
  ],
  ['b"bytes"', 'bytes and types have no place in JSON: use string(...)'],
  ['type(1)', 'bytes and types have no place in JSON: use string(...)'],
  [
    'metadata.when.matches("(a+)+")',
    '`matches` is not available: use ==, startsWith, endsWith, contains or in',
  ],
  [
    'metadata.lines.all(l, l.sku.matches("a"))',
    '`matches` is not available: use ==, startsWith, endsWith, contains or in',
  ],
  ['1 +', 'Unexpected token: EOF'],
  ['order.amount', 'Unknown variable: order'],
  ['request.actor == "ada"', 'Unknown variable: request'],
])('%s says what is wrong', (text, message) => {
  expect(value(text)).toBe(`! ${message}`);
});

test('a request is known where there is one', () => {
  expect(value('request.actor == "ada"', { actor: 'ada' })).toBe(true);
  expect(value('has(request.reason)', { actor: 'ada' })).toBe(false);
});

test('types are known before there is any data', () => {
  expect(checkExpression('metadata.amount <= 500', 'elsewhere')).toEqual({ ok: true, type: 'bool' });
  expect(checkExpression('metadata.lines', 'elsewhere')).toEqual({ ok: true, type: 'dyn' });
  expect(checkExpression('timestamp("x")', 'elsewhere')).toEqual({ ok: true, type: 'Timestamp' });
  expect(checkExpression('"a" + 1', 'elsewhere')).toEqual({
    ok: false,
    message: 'no such overload: string + int',
  });
  expect(checkExpression('request.actor', 'guard')).toEqual({ ok: true, type: 'dyn' });
  expect(checkExpression('timestamp(1, 2)', 'guard')).toEqual({
    ok: false,
    message: "found no matching overload for 'timestamp(int, int)'",
  });
});

test('what is too large or too deep is refused', () => {
  const long = Array.from({ length: GRAPH_LIMITS.expressionNodes }, () => '1').join('+');
  const deep = `${'('.repeat(GRAPH_LIMITS.expressionDepth + 1)}1${')'.repeat(GRAPH_LIMITS.expressionDepth + 1)}`;
  expect(checkExpression(long, 'guard')).toMatchObject({ ok: false });
  expect(checkExpression(deep, 'guard')).toMatchObject({ ok: false });
});

test('the value shares nothing with the data, and the data stays as it is', () => {
  const before = structuredClone(data);
  const evaluated = evaluate('metadata.lines', data);
  expect(evaluated).toEqual({ ok: true, value: data.metadata.lines });
  expect(evaluated.ok && evaluated.value).not.toBe(data.metadata.lines);
  expect(data).toEqual(before);
});

test('more expressions than stay compiled are evaluated all the same', () => {
  const numbers = Array.from({ length: GRAPH_LIMITS.compiledExpressions + 10 }, (_, i) => i);
  expect(numbers.map((n) => value(`${n}`))).toEqual(numbers);
  expect(value('0')).toBe(0);
});

test('any text and any metadata are answered with JSON or a message, never thrown at', () => {
  const part = fc.constantFrom(
    'metadata',
    '.a',
    '["b"]',
    ' + ',
    '1',
    '"x"',
    '(',
    ')',
    ' == ',
    'timestamp',
    'size',
    '[0]',
    '?',
    ':',
    'has',
    '&&',
    '!',
    'u',
    'null',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(part, { maxLength: 12 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, fc.jsonValue(), (expression, metadata) => {
      const evaluated = evaluate(expression, { metadata, results: {}, intent: {} });
      if (evaluated.ok)
        expect(JSON.parse(JSON.stringify({ value: evaluated.value }))).toEqual({
          value: evaluated.value === 0 ? 0 : evaluated.value,
        });
      else expect(typeof evaluated.message).toBe('string');
    }),
    { numRuns: 1000 },
  );
});
