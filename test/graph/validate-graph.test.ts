import {
  contentIntentGraph,
  GRAPH_PROBLEM_CODES,
  checkGraph,
  validateGraph,
  type GraphProblem,
  type GraphProblemCode,
} from '../../src/graph';
import type { DraftGraph } from './arbitrary-graph';

const valid: DraftGraph = {
  name: 'review',
  version: 1,
  steps: [
    { key: 'writing', label: 'Writing', states: ['DRAFT'] },
    { key: 'review', label: 'Review', states: ['IN_REVIEW', 'REJECTED'] },
  ],
  transitions: { DRAFT: ['IN_REVIEW'], IN_REVIEW: ['REJECTED', 'DONE'], REJECTED: ['DRAFT'] },
  terminal: ['DONE'],
};

function changed(change: (graph: DraftGraph) => void): DraftGraph {
  const copy = structuredClone(valid);
  change(copy);
  return copy;
}

function setStates(graph: DraftGraph, step: number, states: string[]): void {
  const found = graph.steps[step];
  if (found !== undefined) found.states = states;
}

const step = (states: string[], key = 'more') => ({ key, label: 'More', states });

type Case = [code: GraphProblemCode, what: string, value: unknown, problems: GraphProblem[]];

/** Each case lists every problem of its graph, in order. */
const cases: Case[] = [
  [
    'INVALID_VALUE',
    'a state name with a hyphen',
    changed((graph) => setStates(graph, 1, ['IN-REVIEW'])),
    [
      {
        code: 'INVALID_VALUE',
        message:
          '`steps[1].states[0]`: a state name must begin with a letter and go on with letters, digits and underscores.',
        path: 'steps[1].states[0]',
      },
    ],
  ],
  [
    'UNKNOWN_KEY',
    'a misspelt key',
    { ...valid, terminals: ['DONE'] },
    [
      {
        code: 'UNKNOWN_KEY',
        message: 'A graph has no key `terminals`: remove it or correct it.',
        path: 'terminals',
      },
    ],
  ],
  [
    'INITIAL_STATE_NOT_IN_STEP_1',
    'an empty first step',
    changed((graph) => graph.steps.unshift(step([]))),
    [
      {
        code: 'INITIAL_STATE_NOT_IN_STEP_1',
        message: 'There is no initial state: put it first in the first step.',
        path: 'steps[0]',
      },
    ],
  ],
  [
    'STEP_GAP',
    'an empty later step',
    changed((graph) => graph.steps.push(step([]))),
    [
      {
        code: 'STEP_GAP',
        message: 'Step `more` has no states: give it some or remove it.',
        path: 'steps[2]',
      },
    ],
  ],
  [
    'DUPLICATE_STEP',
    'a step key used twice',
    changed((graph) => {
      graph.steps.push(step(['ARCHIVED'], 'review'));
      graph.transitions['IN_REVIEW'] = ['REJECTED', 'ARCHIVED'];
      graph.transitions['ARCHIVED'] = ['DONE'];
    }),
    [
      {
        code: 'DUPLICATE_STEP',
        message: 'Two steps have the key `review`: rename one or merge them.',
        path: 'steps[2]',
      },
    ],
  ],
  [
    'DUPLICATE_STATE',
    'a state in two steps',
    changed((graph) => graph.steps.push(step(['DRAFT']))),
    [
      {
        code: 'DUPLICATE_STATE',
        message: 'State DRAFT is in steps `writing` and `more`: list it once.',
        path: 'steps[2].states[0]',
      },
    ],
  ],
  [
    'DUPLICATE_STATE',
    'a state twice in one step',
    changed((graph) => setStates(graph, 1, ['IN_REVIEW', 'REJECTED', 'IN_REVIEW'])),
    [
      {
        code: 'DUPLICATE_STATE',
        message: 'State IN_REVIEW is twice in step `review`: list it once.',
        path: 'steps[1].states[2]',
      },
    ],
  ],
  [
    'DUPLICATE_STATE',
    'a terminal state listed twice',
    changed((graph) => graph.terminal.push('DONE')),
    [
      {
        code: 'DUPLICATE_STATE',
        message: 'State DONE is twice in `terminal`: list it once.',
        path: 'terminal[1]',
      },
    ],
  ],
  [
    'TERMINAL_IN_STEP',
    'a terminal state in a step',
    changed((graph) => graph.steps.push(step(['DONE']))),
    [
      {
        code: 'TERMINAL_IN_STEP',
        message: 'Terminal state DONE is in step `more`: remove it from the step or from `terminal`.',
        path: 'steps[2].states[0]',
      },
    ],
  ],
  [
    'NO_TERMINAL',
    'no terminal state',
    changed((graph) => {
      graph.terminal = [];
      graph.transitions['IN_REVIEW'] = ['REJECTED'];
    }),
    [
      {
        code: 'NO_TERMINAL',
        message: 'There is no terminal state: name at least one state in which the workflow ends.',
        path: 'terminal',
      },
    ],
  ],
  [
    'UNCOVERED_STATE',
    'a state with transitions that is in no step, reported once although another state leads to it',
    changed((graph) => setStates(graph, 1, ['IN_REVIEW'])),
    [
      {
        code: 'UNCOVERED_STATE',
        message: 'State REJECTED has transitions, but is in no step: add it to a step or to `terminal`.',
        path: 'transitions.REJECTED',
      },
    ],
  ],
  [
    'UNKNOWN_TARGET',
    'a misspelt target',
    changed((graph) => graph.transitions['IN_REVIEW']?.push('REJECTD')),
    [
      {
        code: 'UNKNOWN_TARGET',
        message:
          'State IN_REVIEW leads to REJECTD, which is in no step and not terminal: correct the name, or add the state.',
        path: 'transitions.IN_REVIEW[2]',
      },
    ],
  ],
  [
    'DUPLICATE_EDGE',
    'a target listed twice',
    changed((graph) => graph.transitions['IN_REVIEW']?.push('DONE')),
    [
      {
        code: 'DUPLICATE_EDGE',
        message: 'State IN_REVIEW lists DONE twice: list it once.',
        path: 'transitions.IN_REVIEW[2]',
      },
    ],
  ],
  [
    'TERMINAL_WITH_EXIT',
    'a terminal state that goes on',
    changed((graph) => (graph.transitions['DONE'] = ['DRAFT'])),
    [
      {
        code: 'TERMINAL_WITH_EXIT',
        message:
          'Terminal state DONE leads to DRAFT: remove the transitions, or take DONE out of `terminal` and put it in a step.',
        path: 'transitions.DONE',
      },
    ],
  ],
  [
    'DEAD_END',
    'a state without transitions',
    changed((graph) => delete graph.transitions['REJECTED']),
    [
      {
        code: 'DEAD_END',
        message:
          'State REJECTED has no transition: say in `transitions` where it leads, or make it terminal.',
        path: 'steps[1].states[1]',
      },
    ],
  ],
  [
    'UNREACHABLE_STATE',
    'a state that nothing leads to',
    changed((graph) => (graph.transitions['IN_REVIEW'] = ['DONE'])),
    [
      {
        code: 'UNREACHABLE_STATE',
        message: 'No path leads from DRAFT to state REJECTED: add a transition to it, or remove it.',
        path: 'steps[1].states[1]',
      },
    ],
  ],
  [
    'NO_PATH_TO_TERMINAL',
    'a state that only leads to itself',
    changed((graph) => (graph.transitions['REJECTED'] = ['REJECTED'])),
    [
      {
        code: 'NO_PATH_TO_TERMINAL',
        message: 'No path leads from state REJECTED to a terminal state: add a transition that does.',
        path: 'steps[1].states[1]',
      },
    ],
  ],
];

const problemsOf = (value: unknown) => {
  const checked = checkGraph(value);
  return checked.ok ? [] : checked.problems;
};

test.each(cases)('%s: %s', (_code, _what, value, problems) => {
  expect(problemsOf(value)).toEqual(problems);
});

test('every problem code of states and transitions has a failing example', () => {
  const codes = Object.keys(GRAPH_PROBLEM_CODES);
  expect(new Set(cases.map(([code]) => code))).toEqual(
    new Set(codes.slice(0, codes.indexOf('UNKNOWN_RULE_STATE'))),
  );
});

test('a valid graph has no problems', () => {
  expect(validateGraph(valid)).toEqual([]);
  expect(validateGraph(contentIntentGraph)).toEqual([]);
});

test('an entry without targets is fine for a terminal state and a dead end for any other', () => {
  expect(validateGraph({ ...valid, transitions: { ...valid.transitions, DONE: [] } })).toEqual([]);
  expect(validateGraph({ ...valid, transitions: { ...valid.transitions, REJECTED: [] } })).toMatchObject([
    { code: 'DEAD_END' },
  ]);
});

test('a state may lead to itself where the graph says so', () => {
  const graph = changed((draft) => draft.transitions['DRAFT']?.push('DRAFT'));
  expect(validateGraph(graph)).toEqual([]);
});

test('a graph without steps has no initial state, and no state is called unreachable for that', () => {
  expect(validateGraph({ ...valid, steps: [], transitions: {} })).toMatchObject([
    { code: 'INITIAL_STATE_NOT_IN_STEP_1', path: 'steps' },
  ]);
});

test('a state is unreachable if the only path to it leads out of a terminal state', () => {
  const graph = changed((draft) => {
    draft.transitions['IN_REVIEW'] = ['DONE'];
    draft.transitions['DONE'] = ['REJECTED'];
  });
  expect(validateGraph(graph)).toMatchObject([{ code: 'TERMINAL_WITH_EXIT' }, { code: 'UNREACHABLE_STATE' }]);
});

test('all problems are reported at once, causes before what follows from them', () => {
  const graph = changed((draft) => {
    draft.steps.push(step(['IN_REVIEW', 'DONE', 'LOST'], 'writing'), step([], 'empty'));
    draft.transitions = {
      DRAFT: ['IN_REVIEW', 'IN_REVIEW'],
      IN_REVIEW: ['DONW'],
      DONE: ['DRAFT'],
      GHOST: ['DONE'],
    };
  });
  expect(validateGraph(graph).map(({ code, path }) => `${code} ${path}`)).toEqual([
    'DUPLICATE_STEP steps[2]',
    'STEP_GAP steps[3]',
    'DUPLICATE_STATE steps[2].states[0]',
    'TERMINAL_IN_STEP steps[2].states[1]',
    'DUPLICATE_EDGE transitions.DRAFT[1]',
    'UNKNOWN_TARGET transitions.IN_REVIEW[0]',
    'TERMINAL_WITH_EXIT transitions.DONE',
    'UNCOVERED_STATE transitions.GHOST',
    'DEAD_END steps[1].states[1]',
    'DEAD_END steps[2].states[2]',
    'NO_PATH_TO_TERMINAL steps[0].states[0]',
    'NO_PATH_TO_TERMINAL steps[1].states[0]',
    'UNREACHABLE_STATE steps[1].states[1]',
    'UNREACHABLE_STATE steps[2].states[1]',
    'UNREACHABLE_STATE steps[2].states[2]',
  ]);
});
