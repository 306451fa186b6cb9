import fc from 'fast-check';

import {
  allStates,
  contentIntentGraph,
  defineGraph,
  hasEdge,
  hasState,
  initialState,
  isTerminal,
  listSteps,
  nextStates,
  progressOf,
  stepOf,
  type Graph,
} from '../../src/graph';
import { graphIndex } from '../../src/graph/graph-index';
import { validGraph } from './arbitrary-graph';

const graph: Graph = contentIntentGraph;

test('a state knows its step by number, key and label', () => {
  expect(stepOf(graph, 'CREATED')).toMatchObject({ number: 1, key: 'icp', label: 'Ideal customer profile' });
  expect(stepOf(graph, 'CLUSTERING_COMPLETED')).toEqual({
    number: 4,
    key: 'topics',
    label: 'Topics',
    states: ['CLUSTERING_COMPLETED'],
  });
});

test('terminal and unknown states are in no step', () => {
  expect(stepOf(graph, 'COMPLETED')).toBeUndefined();
  expect(stepOf(graph, 'NOPE')).toBeUndefined();
});

test('progress is the share of the steps behind a state, and 1 at the end', () => {
  expect(progressOf(graph, 'CREATED')).toBe(0);
  expect(progressOf(graph, 'COMPETITOR_COMPLETED')).toBe(2 / 7);
  expect(progressOf(graph, 'PUBLISH_COMPLETED')).toBe(6 / 7);
  expect(progressOf(graph, 'COMPLETED')).toBe(1);
  expect(progressOf(graph, 'CANCELLED')).toBe(1);
  expect(() => progressOf(graph, 'NOPE')).toThrow('The graph content-intent@1 has no state NOPE');
});

test('next states stand in the order of the graph; terminal and unknown states have none', () => {
  expect(nextStates(graph, 'ICP_PROCESSING')).toEqual(['ICP_COMPLETED', 'ICP_FAILED', 'CANCELLED']);
  expect(nextStates(graph, 'CANCELLED')).toEqual([]);
  expect(nextStates(graph, 'NOPE')).toEqual([]);
});

test('a state leads to itself only where the graph says so', () => {
  const cart = defineGraph({
    name: 'cart',
    version: 1,
    steps: [{ key: 'cart', label: 'Cart', states: ['OPEN', 'HELD'] }],
    transitions: { OPEN: ['OPEN', 'HELD', 'DONE'], HELD: ['OPEN'] },
    terminal: ['DONE'],
  });
  expect([
    hasEdge(cart, 'OPEN', 'OPEN'),
    hasEdge(cart, 'HELD', 'HELD'),
    hasEdge(cart, 'DONE', 'DONE'),
  ]).toEqual([true, false, false]);
});

test('names that every object has are not states', () => {
  for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
    expect(hasState(graph, name)).toBe(false);
    expect(isTerminal(graph, name)).toBe(false);
    expect(nextStates(graph, name)).toEqual([]);
    expect(hasEdge(graph, name, 'CREATED')).toBe(false);
    expect(hasEdge(graph, 'CREATED', name)).toBe(false);
  }
});

test('the initial state is the first of the first step', () => {
  expect(initialState(graph)).toBe('CREATED');
  expect(() => initialState({ ...graph, steps: [] })).toThrow('validate it first');
});

test('look-ups say what a search through the graph says', () => {
  fc.assert(
    fc.property(validGraph, (random) => {
      const open = random.steps.flatMap(({ states }) => states);
      expect(allStates(random)).toEqual([...open, ...random.terminal]);
      expect(listSteps(random).map(({ key }) => key)).toEqual(random.steps.map(({ key }) => key));
      for (const from of allStates(random)) {
        const exits = Object.hasOwn(random.transitions, from) ? (random.transitions[from] ?? []) : [];
        expect(nextStates(random, from)).toEqual(exits);
        expect(hasState(random, from)).toBe(true);
        expect(isTerminal(random, from)).toBe(random.terminal.includes(from));
        expect(stepOf(random, from)?.states.includes(from)).toBe(open.includes(from) ? true : undefined);
        for (const to of allStates(random)) expect(hasEdge(random, from, to)).toBe(exits.includes(to));
      }
    }),
  );
});

test('a graph is indexed once per object, and an equal graph for itself', () => {
  expect(graphIndex(graph)).toBe(graphIndex(graph));
  const copy = structuredClone(graph);
  expect(graphIndex(copy)).not.toBe(graphIndex(graph));
  expect(graphIndex(copy)).toEqual(graphIndex(graph));
});

test('no caller can change what the index answers', () => {
  expect(() => (nextStates(graph, 'CREATED') as string[]).push('COMPLETED')).toThrow(TypeError);
  expect(() => (allStates(graph) as string[]).push('NOPE')).toThrow(TypeError);
  expect(() => Object.assign(stepOf(graph, 'CREATED') ?? {}, { number: 9 })).toThrow(TypeError);
});
