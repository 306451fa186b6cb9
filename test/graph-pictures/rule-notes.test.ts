import { contentIntentGraph, allStates, nextStates } from '../../src/graph';
import { edgeNotes, stateNotes } from '../../src/graph-pictures/rule-notes';
import { expense } from './graphs-with-rules';

test.each([
  ['PAYING', ['runs transferMoney', 'undone by returnMoney']],
  ['APPROVED', ['one receipt for each of metadata.lines']],
  ['CANCELLING', ['undoes what was done']],
  ['DRAFT', []],
])('state %s says %j', (state, notes) => {
  expect(stateNotes(expense, state)).toEqual(notes);
});

test.each([
  ['PAYING', 'PAID', ['success']],
  ['PAYING', 'PAYMENT_FAILED', ['failure']],
  ['APPROVED', 'PAYING', ['all ended']],
  ['APPROVED', 'CANCELLING', ['too few can end']],
  ['SUBMITTED', 'CANCELLING', ['after P14D', 'reminder P1D before']],
  ['SUBMITTED', 'APPROVED', ['2 votes of manager, owner']],
  ['DRAFT', 'SUBMITTED', ['if within-budget']],
  ['CANCELLING', 'CANCELLED', ['all undone']],
  ['CANCELLING', 'CANCEL_FAILED', ['an undo failed']],
  ['DRAFT', 'CANCELLING', []],
])('the edge %s → %s says %j', (from, to, notes) => {
  expect(edgeNotes(expense, from, to)).toEqual(notes);
});

test('a graph without rules says nothing, and a state named like a property of objects has none', () => {
  for (const from of allStates(contentIntentGraph)) {
    expect(stateNotes(contentIntentGraph, from)).toEqual([]);
    for (const to of nextStates(contentIntentGraph, from)) {
      expect(edgeNotes(contentIntentGraph, from, to)).toEqual([]);
    }
  }
  expect(stateNotes(expense, 'constructor')).toEqual([]);
});
