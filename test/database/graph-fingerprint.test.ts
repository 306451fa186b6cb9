import fc from 'fast-check';

import { graphFingerprint } from '../../src/database/graph-fingerprint';
import { contentIntentGraph, type Graph } from '../../src/graph';
import { validGraph } from '../graph/arbitrary-graph';

/** The same value with the keys of every object in the opposite order. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, item]) => [key, turned(item)]),
  );
}

test('the fingerprint of the built-in graph stays: content-intent@1 never changes', () => {
  expect(graphFingerprint(contentIntentGraph)).toBe(
    '1a5be50100336f3fa73582fc56f38e5de202916909f647f7ba4b0d4370be18e1',
  );
});

test('the order of keys, a round trip as JSON and $schema change nothing', () => {
  fc.assert(
    fc.property(validGraph, (draft) => {
      const graph = draft as Graph;
      const fingerprint = graphFingerprint(graph);
      expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
      expect(graphFingerprint(turned(graph) as Graph)).toBe(fingerprint);
      expect(graphFingerprint(JSON.parse(JSON.stringify(graph)) as Graph)).toBe(fingerprint);
      expect(graphFingerprint({ ...graph, $schema: '../schema/graph.schema.json' })).toBe(fingerprint);
    }),
  );
});

test('everything else changes it', () => {
  const graph: Graph = {
    name: 'g',
    version: 1,
    steps: [{ key: 'a', label: 'A', states: ['S', 'T'] }],
    transitions: { S: ['T', 'END'], T: ['END'] },
    terminal: ['END'],
  };
  const others: Graph[] = [
    { ...graph, name: 'h' },
    { ...graph, version: 2 },
    { ...graph, title: 'G' },
    { ...graph, steps: [{ key: 'a', label: 'B', states: ['S', 'T'] }] },
    { ...graph, steps: [{ key: 'a', label: 'A', states: ['T', 'S'] }] },
    { ...graph, transitions: { S: ['END', 'T'], T: ['END'] } },
    { ...graph, transitions: { S: ['T'], T: ['END'] } },
    { ...graph, terminal: ['END', 'OVER'] },
  ];
  expect(new Set([graph, ...others].map(graphFingerprint)).size).toBe(others.length + 1);
});
