import { allStates, validateGraph, type Graph } from '../../src/graph';
import { reachableFrom } from '../../src/graph/reachability';

/** A chain of `size` states in ten steps; each leads on, back and ten states ahead. */
function chain(size: number): Graph {
  const name = (i: number) => `STATE_${i}`;
  const all = Array.from({ length: size }, (_, i) => i);
  return {
    name: 'chain',
    version: 1,
    steps: Array.from({ length: 10 }, (_, step) => ({
      key: `step-${step}`,
      label: `Step ${step}`,
      states: all.filter((i) => Math.floor((i * 10) / size) === step).map(name),
    })),
    transitions: Object.fromEntries(
      all.map((i) => [
        name(i),
        [i + 1, i - 1, i + 10]
          .filter((to) => to >= 0 && to <= size)
          .map((to) => (to === size ? 'END' : name(to))),
      ]),
    ),
    terminal: ['END'],
  };
}

/** Everything that is wrong with wiring: nothing is reachable and nothing leads to the end. */
function broken(size: number): Graph {
  return { ...chain(size), transitions: {}, terminal: ['END', 'END'] };
}

/** One state that may end in `size` ways. */
function fan(size: number): Graph {
  const terminal = Array.from({ length: size }, (_, i) => `END_${i}`);
  const steps = [
    { key: 'start', label: 'Start', states: ['START'] },
    { key: 'wrong', label: 'Wrong', states: terminal },
  ];
  return { name: 'fan', version: 1, steps, transitions: { START: terminal }, terminal };
}

/** Has every call of a method counted until the returned function is called. */
function countCalls(prototype: object, name: string, count: () => void): () => void {
  const original = Reflect.get(prototype, name) as (...args: unknown[]) => unknown;
  const counted = function (this: unknown, ...args: unknown[]): unknown {
    count();
    return Reflect.apply(original, this, args);
  };
  Reflect.set(prototype, name, counted);
  return () => Reflect.set(prototype, name, original);
}

/** Map and Set operations plus elements read from the graph while `run` runs. */
function countWork(graph: Graph, run: (graph: Graph) => unknown): number {
  let work = 0;
  const observed = <T extends object>(value: T): T =>
    new Proxy(value, {
      get: (target, key, receiver) => {
        work += 1;
        const part: unknown = Reflect.get(target, key, receiver);
        return typeof part === 'object' && part !== null ? observed(part) : part;
      },
    });
  const restore = [
    ...['get', 'has', 'set'].map((name) => countCalls(Map.prototype, name, () => (work += 1))),
    ...['has', 'add'].map((name) => countCalls(Set.prototype, name, () => (work += 1))),
  ];
  try {
    run(observed(graph));
  } finally {
    for (const undo of restore) undo();
  }
  return work;
}

test('a graph of 1,000 states is valid', () => {
  const graph = chain(1000);
  expect(allStates(graph)).toHaveLength(1001);
  expect(validateGraph(graph)).toEqual([]);
});

test.each([
  ['valid', chain],
  ['broken', broken],
  ['wide', fan],
])('the work on a %s graph grows in step with its size', (_name, build) => {
  const small = countWork(build(1000), validateGraph);
  const large = countWork(build(4000), validateGraph);
  expect(small).toBeGreaterThan(1000);
  expect(large / small).toBeLessThan(4.1);
});

test('a search asks for the neighbours of each state once, also around circles', () => {
  const asked: number[] = [];
  const size = 100_000;
  const reached = reachableFrom(['0'], (node) => {
    asked.push(Number(node));
    return [String((Number(node) + 1) % size), node];
  });
  expect(reached.size).toBe(size);
  expect(asked).toEqual(Array.from({ length: size }, (_, i) => i));
});
