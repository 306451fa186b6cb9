import { runInNewContext } from 'node:vm';

import {
  defineGraph,
  GraphValidationError,
  isGraphValidationError,
  type Graph,
  type GraphState,
} from '../../src/graph';

const ticket = defineGraph({
  name: 'ticket',
  version: 1,
  steps: [{ key: 'work', label: 'Work', states: ['OPEN'] }],
  transitions: { OPEN: ['CLOSED'] },
  terminal: ['CLOSED'],
});

function failure(define: () => unknown): unknown {
  try {
    define();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

test('state names are literal types, and the graph is a plain Graph too', () => {
  const state: GraphState<typeof ticket> = 'OPEN';
  // @ts-expect-error: not a state of this graph
  const other: GraphState<typeof ticket> = 'REOPENED';
  const plain: Graph = ticket;
  expect([state, other, plain.terminal[0]]).toEqual(['OPEN', 'REOPENED', 'CLOSED']);
});

test('a misspelt state in the transitions does not compile', () => {
  expect(() =>
    defineGraph({
      name: 'ticket',
      version: 1,
      steps: [{ key: 'work', label: 'Work', states: ['OPEN'] }],
      // @ts-expect-error: no such state
      transitions: { OPEN: ['CLOSD'] },
      terminal: ['CLOSED'],
    }),
  ).toThrow('UNKNOWN_TARGET');
  expect(() =>
    defineGraph({
      name: 'ticket',
      version: 1,
      steps: [{ key: 'work', label: 'Work', states: ['OPEN'] }],
      // @ts-expect-error: no such state
      transitions: { OPEN: ['CLOSED'], OPNE: ['CLOSED'] },
      terminal: ['CLOSED'],
    }),
  ).toThrow('UNCOVERED_STATE');
});

test('a defined graph is frozen in every part and shares none with its definition', () => {
  const definition = {
    name: 'ticket',
    version: 1,
    steps: [{ key: 'work', label: 'Work', states: ['OPEN'] }],
    transitions: { OPEN: ['CLOSED'] },
    terminal: ['CLOSED'],
  };
  const graph = defineGraph<string>(definition);
  const parts = [
    graph,
    graph.steps,
    graph.steps[0],
    graph.steps[0]?.states,
    graph.transitions,
    graph.terminal,
  ];
  expect([...parts, graph.transitions['OPEN']].map((part) => Object.isFrozen(part))).not.toContain(false);
  expect(Object.isFrozen(definition)).toBe(false);
  definition.terminal.push('LATER');
  expect(graph).toEqual(ticket);
});

test('an invalid graph is refused with every problem on a line of its own', () => {
  const error = failure(() => defineGraph<string>({ ...ticket, transitions: { OPEN: ['OPEN', 'DONE'] } }));
  expect(isGraphValidationError(error) && error.message.split('\n')).toEqual([
    'Workflow graph validation failed',
    'UNKNOWN_TARGET at transitions.OPEN[1]: State OPEN leads to DONE, which is in no step and not terminal: correct the name, or add the state.',
    'NO_PATH_TO_TERMINAL at steps[0].states[0]: No path leads from state OPEN to a terminal state: add a transition that does.',
    'UNREACHABLE_STATE at terminal[0]: No path leads from OPEN to state CLOSED: add a transition to it, or remove it.',
  ]);
  expect(isGraphValidationError(error) && error.problems.map(({ code }) => code)).toEqual([
    'UNKNOWN_TARGET',
    'NO_PATH_TO_TERMINAL',
    'UNREACHABLE_STATE',
  ]);
});

test('a malformed definition is refused in the same way', () => {
  const error = failure(() => defineGraph({ ...ticket, name: 'Ticket', version: 0 }));
  expect(isGraphValidationError(error) && error.problems.map(({ path }) => path)).toEqual([
    'name',
    'version',
  ]);
});

test('the error is known by its name and mark, also one from another realm', () => {
  const error = new GraphValidationError([]);
  expect(error.name).toBe('GraphValidationError');
  expect(isGraphValidationError(error)).toBe(true);
  const foreign: unknown = runInNewContext(
    "Object.assign(new Error('refused'), { [Symbol.for('intent-engine.GraphValidationError')]: true, problems: [] })",
  );
  expect(foreign instanceof Error).toBe(false);
  expect(isGraphValidationError(foreign)).toBe(true);
  expect([new Error('refused'), null, undefined, 'refused'].filter(isGraphValidationError)).toEqual([]);
});
