import graphFile from '../../examples/travel-declarations/graph.json';
import { parseGraph, type Graph } from '../../src/graph';
import { readCases, type Case, type Window } from '../../src/import/read-cases';
import { DEFAULT_COLUMNS } from '../../src/import/read-events';
import { csv, declarations, logFolder } from './event-log';

const folder = logFolder();
afterAll(() => folder.remove());

const parsed = parseGraph(graphFile);
const graph = (parsed.ok ? parsed.graph : undefined) as Graph;

async function read(rows: string[], utcOffset?: string): Promise<Window[]> {
  const windows: Window[] = [];
  const options = { columns: DEFAULT_COLUMNS, graph, organizationId: '0b8fd1a5-6f6c-4a1d-9a67-0d0f4bb7a001' };
  for await (const window of readCases({ file: folder.write('log.csv', csv(rows)), utcOffset, ...options })) {
    windows.push(window);
  }
  return windows;
}

async function casesOf(rows: string[], utcOffset?: string): Promise<Case[]> {
  return (await read(rows, utcOffset)).flatMap(({ cases }) => cases);
}

function requestIds(cases: readonly Case[]): Record<string, string[]> {
  const ids: Record<string, string[]> = {};
  for (const { caseId, rows } of cases)
    (ids[caseId] ??= []).push(...rows.map(({ request }) => request.requestId));
  return ids;
}

test('a row has the same request id wherever it stands', async () => {
  const [first, second] = declarations(2) as [string[], string[]];
  const together = requestIds(await casesOf([...first, ...second]));
  const scattered = requestIds(await casesOf(first.flatMap((row, index) => [second[index] as string, row])));
  expect(scattered).toEqual(together);
  const alone = requestIds(await casesOf(first.slice(2)));
  expect(alone['case-0']).toEqual(together['case-0']?.slice(2));
});

test('the rows of a case that is cut into pieces keep the order of the file', async () => {
  const cases = declarations(450);
  const scattered = Array.from({ length: 5 }, (_, index) =>
    cases.map((rows) => rows[index] as string),
  ).flat();
  const windows = await read(scattered);
  expect(windows).toHaveLength(3);
  const lines = windows.flatMap((window) => window.cases).filter(({ caseId }) => caseId === 'case-7');
  expect(lines.flatMap(({ rows }) => rows.map(({ line }) => line))).toEqual([9, 459, 909, 1359, 1809]);
});

test('two equal rows that follow each other are two transitions', async () => {
  const row = 'c,Request Payment,2017-01-09T09:00:00Z,ada';
  const ids = requestIds(await casesOf([row, 'd,Request Payment,2017-01-09T09:00:00Z,ada', row]))['c'];
  expect(new Set(ids).size).toBe(2);
});

test('rows carry the line and the activity they come from', async () => {
  const [group] = await casesOf(['c,Request Payment,2017-01-09T09:00:00+01:00,']);
  expect(group?.rows).toEqual([
    {
      line: 2,
      role: '',
      request: {
        requestId: expect.stringMatching(/^import:[0-9a-f]{20}$/) as unknown,
        to: 'REQUEST_PAYMENT',
        occurredAt: '2017-01-09T09:00:00+01:00',
        metadata: { source: 'log.csv', line: 2, activity: 'Request Payment' },
      },
    },
  ]);
});

test('times without an offset take the one that is given', async () => {
  const [group] = await casesOf(['c,Request Payment,2017-01-09 09:00:00.5,'], '+02:00');
  expect(group?.rows[0]?.request.occurredAt).toBe('2017-01-09T09:00:00.5+02:00');
});

test.each([
  [
    'a time without an offset',
    'c,Request Payment,2017-01-09T09:00:00,',
    'MALFORMED_ROW',
    /^time "2017-01-09T09:00:00": /,
  ],
  [
    'a time that is none',
    'c,Request Payment,yesterday,',
    'MALFORMED_ROW',
    /^time "yesterday": must be an ISO 8601/,
  ],
  [
    'an unknown activity',
    'c,Reopened,2017-01-09T09:00:00Z,',
    'UNKNOWN_STATE',
    /^"Reopened" is no state of travel-/,
  ],
  [
    'a case id that is too long',
    `${'x'.repeat(501)},Request Payment,2017-01-09T09:00:00Z,`,
    'MALFORMED_ROW',
    /^case id: /,
  ],
  [
    'an actor that is too long',
    `c,Request Payment,2017-01-09T09:00:00Z,${'x'.repeat(257)}`,
    'MALFORMED_ROW',
    /^actor: /,
  ],
])('%s is reported', async (_, row, code, reason) => {
  const [window] = await read([row]);
  expect(window).toEqual({
    cases: [],
    problems: [
      { line: 2, caseId: row.split(',')[0], code, reason: expect.stringMatching(reason) as unknown },
    ],
  });
});
