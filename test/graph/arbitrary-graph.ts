import fc from 'fast-check';

import type { Graph } from '../../src/graph';

/** A graph that tests may take apart. */
export interface DraftGraph {
  name: string;
  version: number;
  steps: { key: string; label: string; states: string[] }[];
  transitions: Record<string, string[]>;
  terminal: string[];
}

// Names that every plain object has are legal states, and must not be mistaken for entries.
const inheritedNames = ['constructor', 'toString', 'hasOwnProperty', 'valueOf'];

const stateNames = (count: number) =>
  fc
    .shuffledSubarray(inheritedNames)
    .map((odd) => Array.from({ length: count }, (_, i) => odd[i - 1] ?? `STATE_${i}`));

interface Wish {
  from: number;
  to: number;
}

const wishes = fc.array(fc.record({ from: fc.nat(), to: fc.nat() }), { maxLength: 30 });

/** Cuts 0..count into consecutive, non-empty groups, one a step. */
function cut(states: string[], cuts: boolean[]): DraftGraph['steps'] {
  const groups: string[][] = [];
  states.forEach((state, i) => {
    if (i === 0 || cuts[i] === true) groups.push([]);
    groups.at(-1)?.push(state);
  });
  return groups.map((group, i) => ({ key: `step-${i + 1}`, label: `Step ${i + 1}`, states: group }));
}

/** Valid graphs: a random tree from the initial state, a way on for every state, and random edges on top. */
export const validGraph: fc.Arbitrary<DraftGraph> = fc
  .record({ open: fc.integer({ min: 1, max: 20 }), ends: fc.integer({ min: 1, max: 3 }) })
  .chain(({ open, ends }) =>
    fc.record({
      names: stateNames(open + ends),
      ends: fc.constant(ends),
      cuts: fc.array(fc.boolean(), { minLength: open, maxLength: open }),
      parents: fc.array(fc.nat(), { minLength: open + ends, maxLength: open + ends }),
      onward: fc.array(fc.nat(), { minLength: open, maxLength: open }),
      extra: wishes,
    }),
  )
  .map(({ names, ends, cuts, parents, onward, extra }) => {
    const open = names.length - ends;
    const exits = names.slice(0, open).map(() => new Set<number>());
    names.forEach((_, i) => i > 0 && exits[(parents[i] ?? 0) % Math.min(i, open)]?.add(i));
    exits.forEach((targets, i) => targets.add(i + 1 + ((onward[i] ?? 0) % (names.length - i - 1))));
    extra.forEach(({ from, to }: Wish) => exits[from % open]?.add(to % names.length));
    return {
      name: 'random',
      version: 1,
      steps: cut(names.slice(0, open), cuts),
      transitions: Object.fromEntries(
        exits.map((targets, i) => [names[i] ?? '', [...targets].map((target) => names[target] ?? '')]),
      ),
      terminal: names.slice(open),
    };
  });

/** Graphs whose states are all placed, but whose edges are random: most have dead ends and unreachable states. */
export const anyWiring: fc.Arbitrary<Graph> = fc
  .record({ open: fc.integer({ min: 1, max: 8 }), ends: fc.integer({ min: 0, max: 2 }), edges: wishes })
  .map(({ open, ends, edges }) => {
    const names = Array.from({ length: open + ends }, (_, i) => `STATE_${i}`);
    const transitions: Record<string, string[]> = {};
    for (const { from, to } of edges) {
      const list = (transitions[`STATE_${from % open}`] ??= []);
      const target = `STATE_${to % names.length}`;
      if (!list.includes(target)) list.push(target);
    }
    return {
      name: 'random',
      version: 1,
      steps: [{ key: 'all', label: 'All', states: names.slice(0, open) }],
      transitions,
      terminal: names.slice(open),
    };
  });
