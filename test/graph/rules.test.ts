import {
  approvalOf,
  childrenOf,
  deadlineOf,
  defineGraph,
  guardsOf,
  undoOf,
  workOf,
  type Graph,
} from '../../src/graph';
import { fullGraph } from './full-graph';

const graph = fullGraph() as Graph;

test('each rule is found by its state or transition', () => {
  expect(workOf(graph, 'CHECKING')).toBe(graph.work?.['CHECKING']);
  expect(childrenOf(graph, 'ORDERING')).toBe(graph.children?.['ORDERING']);
  expect(deadlineOf(graph, 'DRAFT')).toBe(graph.deadlines?.['DRAFT']);
  expect(undoOf(graph, 'CHECKED')).toBe(graph.undo?.['CHECKED']);
  expect(approvalOf(graph, 'CHECKED', 'ORDERING')).toBe(graph.approvals?.[0]);
  expect(graph.cancellation).toEqual({ through: 'CANCELLING', failed: 'CANCEL_FAILED' });
});

test('nothing is found for other states, nor for names that every object has', () => {
  for (const state of ['DRAFT_', 'constructor', 'toString', '__proto__']) {
    const found = [workOf, childrenOf, deadlineOf, undoOf].map((look) => look(graph, state));
    expect(found).toEqual([undefined, undefined, undefined, undefined]);
    expect(approvalOf(graph, state, 'ORDERING')).toBeUndefined();
    expect(approvalOf(graph, 'CHECKED', state)).toBeUndefined();
    expect(guardsOf(graph, state, state)).toEqual([]);
  }
});

test('a transition has the guards of its own and those of every transition to its target, in order', () => {
  const guard = (name: string, from?: string) => ({
    name,
    to: 'CHECKING',
    when: 'true',
    because: name,
    ...(from === undefined ? {} : { from }),
  });
  const guarded = {
    ...fullGraph(),
    guards: [guard('first', 'DRAFT'), guard('all'), guard('failed', 'CHECK_FAILED'), guard('last', 'DRAFT')],
  } as Graph;
  const names = (from: string) => guardsOf(guarded, from, 'CHECKING').map(({ name }) => name);
  expect(names('DRAFT')).toEqual(['first', 'all', 'last']);
  expect(names('CHECK_FAILED')).toEqual(['all', 'failed']);
  expect(names('ORDERING')).toEqual(['all']);
});

const ticket = {
  name: 'ticket',
  version: 1,
  steps: [{ key: 'work', label: 'Work', states: ['OPEN', 'WAITING'] }],
  transitions: { OPEN: ['WAITING', 'CLOSED'], WAITING: ['OPEN'] },
  terminal: ['CLOSED'],
} as const;
const activity = { activity: 'work', taskQueue: 'tickets' };

test('rules take the literal names of states', () => {
  const graph = defineGraph({
    ...ticket,
    work: { OPEN: { ...activity, success: 'CLOSED', failure: 'WAITING' } },
    deadlines: { WAITING: { after: 'P1D', to: 'OPEN' } },
  });
  const to: 'OPEN' | 'WAITING' | 'CLOSED' | undefined = deadlineOf(graph, 'WAITING')?.to;
  expect(to).toBe('OPEN');
  expect(Object.isFrozen(graph.work?.OPEN)).toBe(true);
});

test('a misspelt state in a rule does not compile', () => {
  const to = { ...activity, success: 'CLOSED', failure: 'WAITING' } as const;
  const approval = { from: 'OPEN', count: 1, roles: ['owner'] } as const;
  const guard = { name: 'always', when: 'true', because: 'Never.' } as const;
  const items = { graph: 'order', items: 'metadata.lines', until: 'all' } as const;
  const refused = (define: () => unknown) => expect(define).toThrow('UNKNOWN_RULE_STATE');
  // @ts-expect-error: no such state
  refused(() => defineGraph({ ...ticket, work: { OPNE: to } }));
  // @ts-expect-error: no such state
  refused(() => defineGraph({ ...ticket, work: { OPEN: { ...to, success: 'CLOSD' } } }));
  // @ts-expect-error: no such state
  refused(() => defineGraph({ ...ticket, children: { OPEN: { ...items, done: 'DONE' } } }));
  // @ts-expect-error: no such state
  refused(() => defineGraph({ ...ticket, deadlines: { WAITING: { after: 'P1D', to: 'OPNE' } } }));
  // @ts-expect-error: no such state
  refused(() => defineGraph({ ...ticket, approvals: [{ ...approval, to: 'CLOSD' }] }));
  // @ts-expect-error: no such state
  refused(() => defineGraph({ ...ticket, guards: [{ ...guard, to: 'CLOSD' }] }));
  // @ts-expect-error: no such state
  refused(() => defineGraph({ ...ticket, undo: { OPNE: activity } }));
  // @ts-expect-error: no such state
  refused(() => defineGraph({ ...ticket, cancellation: { through: 'WAITNG', failed: 'OPEN' } }));
});
