import type { CaseRow } from '../../src/import/read-cases';
import { requestsOfCase } from '../../src/import/requests-of-case';
import { claimGraph } from '../setup/claim-graph';

const graph = claimGraph();

const row = (to: string, actor?: string, role = 'supervisor'): CaseRow => ({
  line: 2,
  role,
  request: {
    requestId: `${to} ${actor}`,
    to,
    occurredAt: '2017-01-09T09:00:00Z',
    ...(actor !== undefined && { actor }),
  },
});

/** What is sent for the rows, in short. */
const kinds = (from: string, ...rows: CaseRow[]) =>
  requestsOfCase(graph, from, rows).map((request) => `${request.kind ?? 'transition'} ${request.requestId}`);

test('a row along an edge that needs votes is a vote, with the role of the row; any other is a transition', () => {
  const rows = [row('SUBMITTED', 'ada'), row('APPROVED', 'bob'), row('APPROVED', 'cleo'), row('PAID', 'dan')];
  expect(kinds('DRAFT', ...rows)).toEqual([
    'transition SUBMITTED ada',
    'approve APPROVED bob',
    'approve APPROVED cleo',
    'transition PAID dan',
  ]);
  expect(requestsOfCase(graph, 'SUBMITTED', [row('APPROVED', 'bob', 'budget owner')])).toEqual([
    {
      kind: 'approve',
      requestId: 'APPROVED bob',
      to: 'APPROVED',
      actor: 'bob',
      role: 'budget owner',
      occurredAt: '2017-01-09T09:00:00Z',
    },
  ]);
});

test('a row that names nobody stays a transition, which says what is missing', () => {
  expect(kinds('SUBMITTED', row('APPROVED'))).toEqual(['transition APPROVED undefined']);
});

test('a case that went on after fewer votes than the graph asks for is followed', () => {
  expect(kinds('SUBMITTED', row('APPROVED', 'bob'), row('PAID', 'dan'), row('APPROVED', 'eve'))).toEqual([
    'approve APPROVED bob',
    'transition PAID dan',
    'transition APPROVED eve',
  ]);
});

test('a row that its state does not lead to changes nothing for those that follow', () => {
  expect(kinds('SUBMITTED', row('PAID', 'eve'), row('APPROVED', 'bob'))).toEqual([
    'transition PAID eve',
    'approve APPROVED bob',
  ]);
});
