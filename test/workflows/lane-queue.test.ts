import type { LaneItem } from '../../src/workflows/activities';
import { LaneQueue } from '../../src/workflows/lane-queue';

const item = (row: number, more: Partial<LaneItem> = {}): LaneItem => ({
  kind: 'transition',
  row,
  position: row,
  round: 1,
  ...more,
});

/** What a lane delivers of what it is asked to, signal by signal. */
function taken(...signals: unknown[]): LaneItem[] {
  const queue = new LaneQueue();
  for (const signal of signals) queue.take(signal);
  const items: LaneItem[] = [];
  for (let next = queue.next; next !== undefined; next = queue.next) {
    items.push(next);
    queue.shift();
  }
  return items;
}

test('what is handed on twice is delivered once, in the order of the first time', () => {
  expect(taken([item(1), item(2)], [item(1), item(2), item(3)], [item(2)])).toEqual([
    item(1),
    item(2),
    item(3),
  ]);
});

test('transitions and votes are counted apart', () => {
  const vote = item(1, { kind: 'vote', position: 2 });
  expect(taken([item(1), vote], [vote, item(2, { position: 3 })])).toEqual([
    item(1),
    vote,
    item(2, { position: 3 }),
  ]);
});

test('a further round is delivered again, a dead letter always', () => {
  const again = item(1, { again: true });
  expect(taken([item(1), item(2)], [item(1, { round: 2 })], [again, again])).toEqual([
    item(1),
    item(2),
    item(1, { round: 2 }),
    again,
    again,
  ]);
});

test('a row is known by itself, whatever its position: after a restore that is another one', () => {
  expect(taken([item(1, { position: 90 })], [item(1, { position: 40 }), item(2, { position: 41 })])).toEqual([
    item(1, { position: 90 }),
    item(2, { position: 41 }),
  ]);
});

test('the next run of a lane goes on where the one before was', () => {
  const before = new LaneQueue();
  before.take([item(1), item(2), item(3)]);
  before.shift();
  const after = new LaneQueue(
    JSON.parse(JSON.stringify(before.carried())) as ReturnType<typeof before.carried>,
  );
  after.take([item(1), item(3), item(4)]);
  expect(after.carried()).toEqual({ queue: [item(2), item(3), item(4)], round: 1, transition: 4, vote: 0 });
});

test('what is no list of events says nothing', () => {
  expect(
    taken('deliver', null, { row: 1 }, [null, 1, { kind: 'test', row: 1, position: 1, round: 1 }]),
  ).toEqual([]);
  expect(taken([item(1.5), { ...item(1), position: '1' }])).toEqual([]);
});
