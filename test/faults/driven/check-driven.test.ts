import { checkDrivenIntents } from './check-driven';
import { countMoves } from './count-moves';
import type { CountedVote, DrivenIntent, Move } from './trail';

const move = (
  sequence: number,
  kind: Move['kind'],
  requestId: string,
  [previousState, newState]: [string | null, string],
  metadata: Move['metadata'] = null,
  graphVersion = 1,
): Move => ({ sequence, kind, requestId, previousState, newState, metadata, graphVersion });

const vote = (number: number, requestId: string, expires: number | null = null): CountedVote => ({
  number,
  kind: expires === null ? 'cast' : 'expired',
  requestId,
  entry: 3,
  fromState: 'REVIEW',
  toState: 'PARTING',
  expires,
});

const part = (id: string): DrivenIntent => ({
  id,
  parentId: 'parted',
  state: 'DONE',
  ended: true,
  moves: [
    move(1, 'transition', 'creation', [null, 'OPEN']),
    move(2, 'deadline', 'engine:deadline:1', ['OPEN', 'DONE']),
  ],
  votes: [],
});

/** All as it should be: an intent that is undone, one that has children, and these. */
function lawful() {
  const undone: DrivenIntent = {
    id: 'undone',
    parentId: null,
    state: 'CANCELLED',
    ended: true,
    moves: [
      move(1, 'transition', 'creation', [null, 'NEW']),
      move(2, 'deadline', 'engine:deadline:1', ['NEW', 'WORKING']),
      move(3, 'work', 'engine:work:2', ['WORKING', 'REVIEW'], { result: { key: 'undone:2', run: 'one' } }),
      move(4, 'pause', 'p', ['REVIEW', 'REVIEW']),
      move(5, 'resume', 'r', ['REVIEW', 'REVIEW']),
      move(6, 'migration', 'm', ['REVIEW', 'REVIEW'], null, 2),
      move(7, 'approval', 'v4', ['REVIEW', 'PARTING'], { votes: [{ number: 3 }, { number: 4 }] }, 2),
      move(8, 'cancellation', 'temporal-cancellation', ['PARTING', 'UNDOING'], null, 2),
      move(9, 'undo', 'engine:undo:8', ['UNDOING', 'UNDO_FAILED'], { undone: ['PARTING'], failure: {} }, 2),
      move(10, 'deadline', 'engine:deadline:9', ['UNDO_FAILED', 'UNDOING'], null, 2),
      move(11, 'undo', 'engine:undo:10', ['UNDOING', 'CANCELLED'], { undone: ['WORKING'] }, 2),
    ],
    votes: [vote(1, 'v1'), vote(2, 'engine:expiry:1', 1), vote(3, 'v3'), vote(4, 'v4')],
  };
  const listed = { children: ['one part', 'other part'].map((id) => ({ id, ended: 'DONE' })) };
  const parted: DrivenIntent = {
    id: 'parted',
    parentId: null,
    state: 'DONE',
    ended: true,
    moves: [
      move(1, 'transition', 'creation', [null, 'NEW']),
      move(2, 'force', 'f', ['NEW', 'PARTING']),
      move(3, 'children', 'engine:children:2', ['PARTING', 'DONE'], listed),
    ],
    votes: [],
  };
  return { undone, parted, onePart: part('one part'), otherPart: part('other part') };
}

type Trails = ReturnType<typeof lawful>;
const IDS = ['undone', 'parted'];
const problems = (trails: Partial<Trails>) => checkDrivenIntents(Object.values(trails), IDS);
const change = (intent: DrivenIntent, sequence: number, changes: Partial<Move>) =>
  Object.assign(intent.moves[sequence - 1] as Move, changes);

test('what the graph leads to is as it should be', () => {
  expect(problems(lawful())).toEqual([]);
});

test.each<[string, (trails: Trails) => void, string]>([
  ['a row that is missing', ({ parted }) => parted.moves.splice(1, 1), 'row 3: it is number 2'],
  [
    'a second move out of a stay',
    ({ parted }) => parted.moves.splice(2, 0, move(3, 'force', 'g', ['NEW', 'PARTING'])),
    'row 3: it leads out of NEW, not of PARTING',
  ],
  [
    'a request id that moves twice',
    ({ undone }) => change(undone, 5, { requestId: 'p' }),
    'a second one of p',
  ],
  [
    'an end of a stay that was over',
    ({ undone }) => change(undone, 10, { requestId: 'engine:deadline:1' }),
    'out of the stay of row 9 is engine:deadline:1',
  ],
  [
    'work under the id of a request',
    ({ undone }) => change(undone, 3, { requestId: 'mine' }),
    'a move of kind work out of the stay of row 2 is mine',
  ],
  [
    'a request under the id of work',
    ({ undone }) => change(undone, 3, { kind: 'transition' }),
    'a move of kind transition out of the stay of row 2 is engine:work:2',
  ],
  [
    'work without an end',
    ({ undone }) => change(undone, 3, { metadata: null }),
    'either a result or a failure',
  ],
  [
    'success taken for failure',
    ({ undone }) => change(undone, 3, { metadata: { failure: {} } }),
    'such work leads to WORK_FAILED, not to REVIEW',
  ],
  [
    'the result of another stay',
    ({ undone }) => change(undone, 3, { metadata: { result: { key: 'undone:1', run: 'one' } } }),
    'the result is of "undone:1", not of the stay of row 2',
  ],
  [
    'a success that is recorded twice',
    ({ parted }) => {
      const result = { key: 'parted:1', run: 'one' };
      change(parted, 2, { kind: 'work', requestId: 'engine:work:1', metadata: { result } });
    },
    'the result of run "one" was recorded before',
  ],
  ['an intent that is stuck', ({ parted }) => (parted.ended = false), 'intent parted: it has not ended'],
  ['a child that is stuck', ({ onePart }) => (onePart.ended = false), 'intent one part: it has not ended'],
  [
    'a state that no row leads to',
    ({ parted }) => (parted.state = 'CANCELLED'),
    'it is in CANCELLED, and its last row leads to DONE',
  ],
  ['a lost vote', ({ undone }) => undone.votes.splice(2, 1), 'vote 4: it is number 3'],
  [
    'a vote for a stay that was not',
    ({ undone }) => (undone.votes[0]!.entry = 2),
    'no stay in REVIEW began with row 2',
  ],
  [
    'a vote that expires twice',
    ({ undone }) => undone.votes.push(vote(5, 'engine:expiry:1', 1)),
    'vote 5: vote 1 had expired already',
  ],
  [
    'a vote that expires before it is cast',
    ({ undone }) => (undone.votes[1]!.expires = 3),
    'vote 2: there was no vote 3 in that stay',
  ],
  [
    'a move by too few votes',
    ({ undone }) => change(undone, 7, { metadata: { votes: [{ number: 4 }] } }),
    'it has 1 votes, and the edge needs 2',
  ],
  [
    'a move by a vote that has expired',
    ({ undone }) => change(undone, 7, { metadata: { votes: [{ number: 1 }, { number: 4 }] } }),
    'row 7: vote 1 does not count',
  ],
  [
    'a move by somebody else’s vote',
    ({ undone }) => change(undone, 7, { requestId: 'v3' }),
    'row 7: the last vote is not that of its request',
  ],
  [
    'what is undone twice',
    ({ undone }) => change(undone, 11, { metadata: { undone: ['PARTING', 'WORKING'] } }),
    'row 11: PARTING was undone, not WORKING',
  ],
  [
    'what is not undone',
    ({ undone }) => change(undone, 11, { metadata: { undone: [] } }),
    'row 11: WORKING was not undone',
  ],
  [
    'a cancellation that passes the undo by',
    ({ undone }) => change(undone, 8, { newState: 'CANCELLED' }),
    'row 8: WORKING, PARTING was not undone',
  ],
  [
    'an intent that nobody created',
    ({ parted }) => (parted.id = 'a stranger'),
    'intent a stranger: nobody has created it',
  ],
  ['a child of nobody', ({ onePart }) => (onePart.parentId = 'nobody'), 'nobody knows its parent nobody'],
  [
    'a child too many',
    ({ parted }) => change(parted, 2, { newState: 'REVIEW' }),
    'intent parted: it has 2 children, 0 at most',
  ],
  [
    'a child that is not counted',
    ({ parted }) => change(parted, 3, { metadata: { children: [{ id: 'one part', ended: 'DONE' }] } }),
    'row 3: it lists 1 children, not 2',
  ],
  [
    'a child of which its parent tells another end',
    ({ otherPart }) => {
      otherPart.state = 'CANCELLED';
      change(otherPart, 2, { newState: 'CANCELLED' });
    },
    'child other part ended in DONE, and is in CANCELLED',
  ],
])('%s is found', (_what, forge, problem) => {
  const trails = lawful();
  forge(trails);
  expect(problems(trails).join('\n')).toContain(problem);
});

test('an intent that was created and has no row is found', () => {
  const { undone } = lawful();
  expect(problems({ undone })).toEqual(['intent parted: it was created and has no row']);
});

test('an undo that an operator interrupted may have undone more than its row says', () => {
  const { undone, ...others } = lawful();
  undone.moves.splice(
    8,
    3,
    move(9, 'force', 'f', ['UNDOING', 'REVIEW'], null, 2),
    move(10, 'cancellation', 'c', ['REVIEW', 'UNDOING'], null, 2),
    move(11, 'undo', 'engine:undo:10', ['UNDOING', 'CANCELLED'], { undone: ['WORKING'] }, 2),
  );
  expect(problems({ undone, ...others })).toEqual([]);
});

test('what happened is counted by kind, and what did not is named', () => {
  const report = countMoves(Object.values(lawful()));
  expect(report).toMatchObject({ intents: 2, children: 2, absent: ['transition'] });
  expect(report.moves).toMatchObject({
    deadline: 4,
    undo: 2,
    vote: 2,
    'expired vote': 1,
    'cancellation in Temporal': 1,
  });
  expect(countMoves([]).absent).toHaveLength(14);
});
