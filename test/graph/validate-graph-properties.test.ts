import fc from 'fast-check';

import { checkGraph, parseGraph, validateGraph, type Graph, type GraphProblemCode } from '../../src/graph';
import { anyWiring, validGraph, type DraftGraph } from './arbitrary-graph';

test('random valid graphs validate clean', () => {
  fc.assert(
    fc.property(validGraph, (graph) => {
      expect(checkGraph(graph)).toEqual({ ok: true, graph });
    }),
  );
});

test('any value at all is answered, never thrown at', () => {
  const key = fc.constantFrom('name', 'version', 'steps', 'transitions', 'terminal', '__proto__', 'guards');
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.dictionary(key, fc.anything())), (value) => {
      expect(typeof parseGraph(value).ok).toBe('boolean');
    }),
  );
});

interface Damage {
  readonly expected: GraphProblemCode[];
  /** Damages that pull other problems after them only promise that theirs is among them. */
  readonly alone: boolean;
  readonly apply: (graph: DraftGraph, pick: <T>(from: readonly T[]) => T) => void;
}

const step = (states: string[]) => ({ key: 'added', label: 'Added', states });
const openStates = (graph: DraftGraph) => graph.steps.flatMap(({ states }) => states);
const exitsOf = (graph: DraftGraph, state: string): string[] => {
  const exits = Object.hasOwn(graph.transitions, state) ? graph.transitions[state] : undefined;
  if (exits === undefined) throw new Error(`${state} has no exits`);
  return exits;
};

const damages: Record<string, Damage> = {
  'a state in a second step': {
    expected: ['DUPLICATE_STATE'],
    alone: true,
    apply: (graph, pick) => graph.steps.push(step([pick(openStates(graph))])),
  },
  'a terminal state in a step': {
    expected: ['TERMINAL_IN_STEP'],
    alone: true,
    apply: (graph, pick) => graph.steps.push(step([pick(graph.terminal)])),
  },
  'a state taken out of its step': {
    expected: ['UNCOVERED_STATE'],
    alone: false,
    apply: (graph, pick) => {
      const from = pick(graph.steps);
      const state = pick(from.states);
      from.states = from.states.filter((other) => other !== state);
    },
  },
  'a transition to nowhere': {
    expected: ['UNKNOWN_TARGET'],
    alone: true,
    apply: (graph, pick) => exitsOf(graph, pick(openStates(graph))).push('NOWHERE'),
  },
  'a transition listed twice': {
    expected: ['DUPLICATE_EDGE'],
    alone: true,
    apply: (graph, pick) => {
      const exits = exitsOf(graph, pick(openStates(graph)));
      exits.push(pick(exits));
    },
  },
  'a state that nothing leads to': {
    expected: ['UNREACHABLE_STATE'],
    alone: true,
    apply: (graph, pick) => {
      graph.steps.push(step(['ISLAND']));
      graph.transitions['ISLAND'] = [pick(graph.terminal)];
    },
  },
  'a state without exits': {
    expected: ['DEAD_END'],
    alone: false,
    apply: (graph, pick) => exitsOf(graph, pick(openStates(graph))).splice(0),
  },
  'a circle without a way out': {
    expected: ['NO_PATH_TO_TERMINAL', 'NO_PATH_TO_TERMINAL'],
    alone: true,
    apply: (graph, pick) => {
      exitsOf(graph, pick(openStates(graph))).push('ROUND');
      graph.steps.push(step(['ROUND', 'AND_ROUND']));
      graph.transitions['ROUND'] = ['AND_ROUND'];
      graph.transitions['AND_ROUND'] = ['ROUND'];
    },
  },
  'a terminal state that goes on': {
    expected: ['TERMINAL_WITH_EXIT'],
    alone: true,
    apply: (graph, pick) => {
      graph.transitions[pick(graph.terminal)] = [pick(openStates(graph))];
    },
  },
  'no terminal states': {
    expected: ['NO_TERMINAL'],
    alone: false,
    apply: (graph) => graph.terminal.splice(0),
  },
  'an empty step': {
    expected: ['STEP_GAP'],
    alone: true,
    apply: (graph, pick) => graph.steps.splice(graph.steps.indexOf(pick(graph.steps)) + 1, 0, step([])),
  },
  'an empty first step': {
    expected: ['INITIAL_STATE_NOT_IN_STEP_1'],
    alone: true,
    apply: (graph) => graph.steps.unshift(step([])),
  },
  'a step key used twice': {
    expected: ['DUPLICATE_STEP'],
    alone: true,
    apply: (graph, pick) => {
      const end = pick(graph.terminal);
      graph.steps.push({ ...step(['SECOND']), key: pick(graph.steps).key });
      graph.transitions['SECOND'] = [end];
      exitsOf(graph, pick(openStates(graph).slice(0, -1))).push('SECOND');
    },
  },
};

test.each(Object.entries(damages))('%s is caught in any valid graph', (_name, { expected, alone, apply }) => {
  fc.assert(
    fc.property(validGraph, fc.infiniteStream(fc.nat()), (graph, numbers) => {
      apply(graph, (from) => {
        const picked = from[numbers.next().value % from.length];
        if (picked === undefined) throw new Error('nothing to pick from');
        return picked;
      });
      const codes = validateGraph(graph).map(({ code }) => code);
      expect(codes).toEqual(alone ? expected : expect.arrayContaining(expected));
    }),
  );
});

/** Which states each state can get to in one or more transitions, by Warshall's algorithm: slow and obvious. */
function closure(graph: Graph, states: readonly string[]): Set<string> {
  const pairs = new Set<string>();
  for (const from of states) {
    for (const to of graph.transitions[from] ?? []) pairs.add(`${from} ${to}`);
  }
  for (const via of states) {
    for (const from of states) {
      for (const to of states) {
        if (pairs.has(`${from} ${via}`) && pairs.has(`${via} ${to}`)) pairs.add(`${from} ${to}`);
      }
    }
  }
  return pairs;
}

test('paths are judged as by comparing every pair of states', () => {
  fc.assert(
    fc.property(anyWiring, (graph) => {
      const open = graph.steps.flatMap(({ states }) => states);
      const states = [...open, ...graph.terminal];
      const leads = closure(graph, states);
      const stuck = open.filter((state) => (graph.transitions[state] ?? []).length === 0);
      const expected = [
        ...(graph.terminal.length === 0 ? ['NO_TERMINAL terminal'] : []),
        ...stuck.map((state) => `DEAD_END ${state}`),
        ...states
          .filter((state) => state !== open[0] && !leads.has(`${open[0]} ${state}`))
          .map((state) => `UNREACHABLE_STATE ${state}`),
        ...open
          .filter((state) => graph.terminal.length > 0 && !stuck.includes(state))
          .filter((state) => !graph.terminal.some((end) => leads.has(`${state} ${end}`)))
          .map((state) => `NO_PATH_TO_TERMINAL ${state}`),
      ];
      const paths = new Map(open.map((state, i) => [`steps[0].states[${i}]`, state]));
      graph.terminal.forEach((state, i) => paths.set(`terminal[${i}]`, state));
      const found = validateGraph(graph).map(({ code, path = '' }) => `${code} ${paths.get(path) ?? path}`);
      expect(found.toSorted()).toEqual(expected.toSorted());
    }),
    { numRuns: 500 },
  );
});
