import { defineGraph, type ChildrenRule, type Graph } from '../../src/graph';

/** What a batch starts: one intent a piece. */
export const pieceGraph = defineGraph({
  name: 'piece',
  version: 1,
  steps: [{ key: 'piece', label: 'Piece', states: ['OPEN'] }],
  transitions: { OPEN: ['DONE', 'BROKEN', 'CANCELLED'] },
  terminal: ['DONE', 'BROKEN', 'CANCELLED'],
});

/** Starts a child for each piece, and goes on when enough of them have ended. */
export function batchGraph(name: string, rule: Partial<ChildrenRule> & Pick<ChildrenRule, 'until'>): Graph {
  return defineGraph({
    name,
    version: 1,
    steps: [{ key: 'batch', label: 'Batch', states: ['NEW', 'RUNNING', 'RAN', 'RUN_FAILED'] }],
    transitions: {
      NEW: ['RUNNING', 'CANCELLED'],
      RUNNING: ['RAN', 'RUN_FAILED', 'CANCELLED'],
      RAN: ['DONE', 'CANCELLED'],
      RUN_FAILED: ['RUNNING', 'CANCELLED'],
    },
    terminal: ['DONE', 'CANCELLED'],
    children: {
      RUNNING: {
        graph: 'piece@1',
        items: 'metadata.pieces',
        ...(rule as object),
        until: rule.until,
        done: 'RAN',
      },
    },
  });
}

/** Every intent starts one of its own kind, for as long as it may. */
export const nestedGraph = defineGraph({
  name: 'nested',
  version: 1,
  steps: [{ key: 'nest', label: 'Nest', states: ['NESTING'] }],
  transitions: { NESTING: ['DONE', 'BROKEN'] },
  terminal: ['DONE', 'BROKEN'],
  children: {
    NESTING: {
      graph: 'nested@1',
      items: '[{"within": intent.id}]',
      until: 'all',
      counts: ['DONE'],
      done: 'DONE',
      failed: 'BROKEN',
    },
  },
});
