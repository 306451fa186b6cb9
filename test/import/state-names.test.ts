import { defineGraph } from '../../src/graph';
import { stateNames, toStateName } from '../../src/import/state-names';

test.each([
  ['Declaration FINAL_APPROVED by SUPERVISOR', 'DECLARATION_FINAL_APPROVED_BY_SUPERVISOR'],
  ['Request Payment', 'REQUEST_PAYMENT'],
  ['in progress (2nd try)', 'IN_PROGRESS_2ND_TRY_'],
  ['ALREADY_A_STATE', 'ALREADY_A_STATE'],
])('the activity %j becomes the state %s', (activity, state) => {
  expect(toStateName(activity)).toBe(state);
});

const graph = defineGraph({
  name: 'ticket',
  version: 1,
  steps: [{ key: 'work', label: 'Work', states: ['Open', 'IN_PROGRESS', 'open_'] }],
  transitions: { Open: ['IN_PROGRESS'], IN_PROGRESS: ['open_'], open_: ['CLOSED', 'closed'] },
  terminal: ['CLOSED', 'closed'],
});

test('a state of exactly that name comes first', () => {
  const stateOf = stateNames(graph);
  expect(stateOf('Open')).toBe('Open');
  expect(stateOf('closed')).toBe('closed');
  expect(stateOf('CLOSED')).toBe('CLOSED');
});

test('else the state that is written the same', () => {
  expect(stateNames(graph)('in progress')).toBe('IN_PROGRESS');
  expect(stateNames(graph)('OPEN')).toBe('Open');
});

test('an activity that no state, or more than one, is named after has none', () => {
  expect(stateNames(graph)('Reopened')).toBeUndefined();
  expect(stateNames(graph)('Closed')).toBeUndefined();
});
