import { gzipSync } from 'node:zlib';

import { DEFAULT_COLUMNS, readEvents, type EventColumns, type LogRow } from '../../src/import/read-events';
import { csv, HEADER, logFolder } from './event-log';

const folder = logFolder();
afterAll(() => folder.remove());

async function read(content: string | Buffer, columns: EventColumns = DEFAULT_COLUMNS): Promise<LogRow[]> {
  const rows: LogRow[] = [];
  for await (const row of readEvents({ file: folder.write('log', content), columns })) rows.push(row);
  return rows;
}

const EVENT = { caseId: 'c1', activity: 'Paid', time: '2017-01-09T09:00:00Z', actor: 'ada', role: 'ada' };
const ROW = 'c1,Paid,2017-01-09T09:00:00Z,ada';

test.each([
  ['plain', csv([ROW])],
  ['gzipped, whatever its name', gzipSync(csv([ROW]))],
  ['with a byte order mark and Windows line ends', `\ufeff${HEADER}\r\n${ROW}\r\n`],
  ['with an empty line before the row', `${HEADER}\n${ROW}`],
])('reads a log that is %s', async (_, content) => {
  expect(await read(content)).toEqual([{ line: 2, event: EVENT }]);
});

test('columns may have any names, in any order, and the actor may be missing', async () => {
  const rows = await read('changed_at,note,status,ticket\n2017-01-09T09:00:00Z,,Paid,c1\n', {
    case: 'ticket',
    state: 'status',
    time: 'changed_at',
  });
  expect(rows).toEqual([{ line: 2, event: { ...EVENT, actor: '', role: '' } }]);
});

test('a row that is no event comes with its line and problem, and the others are read', async () => {
  const rows = await read(csv([ROW, 'c2,Paid', ',Paid,2017-01-09T09:00:00Z,ada', '', ROW]));
  expect(rows).toEqual([
    { line: 2, event: EVENT },
    { line: 3, caseId: 'c2', problem: expect.stringContaining('2 columns instead of 4') as unknown },
    { line: 4, problem: 'case_id: is empty' },
    { line: 6, event: EVENT },
  ]);
});

test('no row is lost behind stray quotes', async () => {
  const rows = await read(
    csv(['c1,"Paid" late,2017-01-09T09:00:00Z,ada', 'c1,Pa"id,2017-01-09T09:00:00Z,ada', ROW]),
  );
  expect(rows.map((row) => 'event' in row && row.event.activity)).toEqual(['"Paid" late', 'Pa"id', 'Paid']);
});

test('a quote that never ends is reported with the line it begins in', async () => {
  const rows = await read(csv([ROW, 'c2,"Paid,2017-01-09T09:00:00Z,ada', ROW]));
  expect(rows).toEqual([
    { line: 2, event: EVENT },
    { line: 3, problem: expect.stringContaining('never ends; nothing after it could be read') as unknown },
  ]);
});

test('a column that is not there is refused with those that are', async () => {
  await expect(read(csv([ROW]), { ...DEFAULT_COLUMNS, case: 'caseid' })).rejects.toThrow(
    /--case-column: .* has no column "caseid"; it has case_id, activity, timestamp, role/,
  );
});

test.each([
  ['an empty file', '', /is empty; its first line must name the columns/],
  [
    'an archive that was cut off',
    gzipSync(csv(Array(500).fill(ROW) as string[])).subarray(0, 60),
    /can't be read/,
  ],
])('%s is refused', async (_, content, message) => {
  await expect(read(content)).rejects.toThrow(message);
});

test('a file that is not there is refused by name', async () => {
  const rows = readEvents({ file: 'nowhere.csv', columns: DEFAULT_COLUMNS });
  await expect(rows.next()).rejects.toThrow(/^nowhere\.csv: can't be read/);
});
