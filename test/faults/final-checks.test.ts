import type { Outcome } from '../../src/client';
import { checkOutcomeRows, unanswered, type OutcomeRow } from './final-checks';
import { RequestLog } from './request-log';

const INTENT = 'an intent';
const applied = (requestId: string, sequence: number): Outcome => ({
  status: 'applied',
  requestId,
  sequence,
  previousState: 'A',
  newState: 'B',
  transitionedAt: '2026-01-01T00:00:00.000Z',
});
const row = (requestId: string, sequence = 2): OutcomeRow => ({
  intentId: INTENT,
  requestId,
  createdAt: 0,
  outcome: applied(requestId, sequence),
});

let log: RequestLog;
const acknowledged = (requestId: string) => {
  const request = log.sending(INTENT, requestId);
  log.acknowledged(request);
  return request;
};
const problems = (rows: OutcomeRow[], ended = new Set<string>()) => checkOutcomeRows(log, rows, ended);

beforeEach(() => {
  log = new RequestLog();
});

test('one row for each acknowledged request, and one or none for a request in doubt, are as promised', () => {
  acknowledged('one');
  log.sending(INTENT, 'in doubt, arrived');
  log.sending(INTENT, 'in doubt, lost');
  expect(problems([row('one'), row('in doubt, arrived')])).toEqual([]);
});

test('an acknowledged request without a row is found, and waited for until then', () => {
  acknowledged('lost');
  expect(unanswered(log, [])).toBe(1);
  expect(problems([])).toEqual(['request lost of intent an intent was acknowledged and has no row']);
});

test('a request with two rows is found, acknowledged or not', () => {
  log.sending(INTENT, 'twice');
  expect(problems([row('twice'), row('twice', 3)])).toEqual([
    'request twice of intent an intent has 2 outcome rows',
  ]);
});

test('a row that nobody asked for is found, also when another intent was sent that id', () => {
  log.sending('another intent', 'r');
  expect(problems([row('r')])).toEqual(['row of request r, which nobody sent']);
});

test('an outcome that differs from what an app was told is found, by row and by a second answer', () => {
  const request = acknowledged('r');
  log.saw(request, applied('r', 2));
  expect(problems([row('r', 3)])).toHaveLength(1);
  log.saw(request, { status: 'rejected', requestId: 'r', code: 'STATE_CONFLICT', message: '', state: 'A' });
  expect(problems([row('r', 2)])).toHaveLength(1);
});

test('a vote has one outcome too: counted, or the move that it completed', () => {
  const voted = (votes: number): Outcome => ({
    status: 'voted',
    requestId: 'v',
    to: 'B',
    votes,
    needed: 2,
    state: 'A',
  });
  log.saw(acknowledged('v'), voted(1));
  expect(problems([{ ...row('v'), outcome: voted(1) }])).toEqual([]);
  expect(problems([{ ...row('v'), outcome: voted(2) }])).toHaveLength(1);
  expect(problems([{ ...row('v'), outcome: voted(1) }, row('v')])).toContain(
    'request v of intent an intent has 2 outcome rows',
  );
});

test('a request that was told of an end is found where there was none', () => {
  log.sending(INTENT, 'r').answeredAsEnded = true;
  expect(problems([], new Set([INTENT]))).toEqual([]);
  expect(problems([])).toEqual(['request r of intent an intent was told that the intent had ended']);
});
