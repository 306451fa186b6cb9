import fc from 'fast-check';

import type { Graph } from '../../src/graph';
import {
  carryState,
  intentOfRows,
  receive,
  receiveGraph,
  receiveMove,
  type Decision,
  type Intent,
  type Metadata,
  type StoredMove,
} from '../../src/intent';
import { AT, newIntent } from './new-intent';

const app = { activity: 'act', taskQueue: 'app' };

/** Works, undoes what it did, and has a second version that undoes less. */
const bookingGraph: Graph = {
  name: 'booking',
  version: 1,
  steps: [
    { key: 'book', label: 'Book', states: ['NEW', 'BOOKING', 'BOOKED', 'PAYING', 'PAID', 'FAILED'] },
    { key: 'cancel', label: 'Cancel', states: ['CANCELLING', 'STUCK'] },
  ],
  transitions: {
    NEW: ['BOOKING'],
    BOOKING: ['BOOKED', 'FAILED'],
    BOOKED: ['PAYING', 'BOOKED'],
    PAYING: ['PAID', 'FAILED'],
    PAID: ['DONE', 'NEW'],
    FAILED: ['NEW'],
    CANCELLING: ['CANCELLED', 'STUCK'],
    STUCK: ['CANCELLING'],
  },
  terminal: ['DONE', 'CANCELLED'],
  work: {
    BOOKING: { ...app, success: 'BOOKED', failure: 'FAILED' },
    PAYING: { ...app, success: 'PAID', failure: 'FAILED' },
  },
  undo: { BOOKED: app, PAID: app },
  cancellation: { through: 'CANCELLING', failed: 'STUCK' },
};
const versions = new Map([
  [1, bookingGraph],
  [2, { ...bookingGraph, version: 2, undo: { PAID: app } }],
]);
const states = [...bookingGraph.steps.flatMap((step) => step.states), ...bookingGraph.terminal];

/** What moves an intent. Undoing takes the states away one by one, as the workflow does. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('transition' as const), to: fc.constantFrom(...states) }),
  fc.record({ kind: fc.constant('along' as const), nth: fc.nat(3) }),
  fc.record({ kind: fc.constant('force' as const), to: fc.constantFrom(...states), reopen: fc.boolean() }),
  fc.record({ kind: fc.constantFrom('pause' as const, 'resume' as const, 'cancel' as const) }),
  fc.record({ kind: fc.constant('work' as const), result: fc.jsonValue() as fc.Arbitrary<never> }),
  fc.record({ kind: fc.constant('undo' as const), fails: fc.boolean() }),
  fc.record({ kind: fc.constant('migrate' as const), version: fc.constantFrom(1, 2) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function take(intent: Intent, what: Step, number: number): Decision | undefined {
  const circumstances = { at: new Date(Date.parse(AT) + number * 1_000).toISOString() };
  const said = { requestId: `request-${number}`, actor: `actor-${number}`, reason: 'because' };
  const { entry, state } = intent;
  switch (what.kind) {
    case 'along': {
      const exits = bookingGraph.transitions[state] ?? ['DONE'];
      return receive(intent, { ...said, to: exits[what.nth % exits.length] }, circumstances);
    }
    case 'work': {
      const to = bookingGraph.work?.[state]?.success;
      if (to === undefined) return undefined;
      return receiveMove(
        intent,
        { kind: 'work', entry, to, metadata: { result: what.result } },
        circumstances,
      );
    }
    case 'undo': {
      if (state !== 'CANCELLING') return undefined;
      const undone = intent.undoable.slice(what.fails ? 1 : 0);
      intent.undoable = what.fails ? intent.undoable.slice(0, 1) : [];
      const to = what.fails ? 'STUCK' : 'CANCELLED';
      return receiveMove(intent, { kind: 'undo', entry, to, metadata: { undone } }, circumstances);
    }
    case 'migrate': {
      const graph = `booking@${what.version}`;
      const refused = receive(intent, { ...said, kind: 'migrate', graph }, circumstances);
      if (intent.migration === undefined) return refused;
      const loaded = { graph: versions.get(what.version) as Graph };
      return receiveGraph(intent, { requestId: said.requestId, loaded }, circumstances);
    }
    case 'force':
      return receive(intent, { ...said, ...what, scope: 'admin' }, circumstances);
    default:
      return receive(intent, { ...said, ...what }, circumstances);
  }
}

function rowOf(decision: Decision & { status: 'applied' }): StoredMove {
  const { sequence, requestId, previousState, newState, transitionedAt } = decision;
  const { kind = 'transition', graphVersion = null, actor = null, metadata } = decision;
  const kept: Metadata | undefined = kind === 'work' || kind === 'undo' ? metadata : undefined;
  const moved = { sequence, requestId, previousState, newState, transitionedAt };
  return { ...moved, kind, graphVersion, actor, metadata: kept ?? null };
}

const CREATION: StoredMove = {
  sequence: 1,
  requestId: 'creation',
  previousState: null,
  newState: 'NEW',
  transitionedAt: AT,
  kind: 'transition',
  graphVersion: 1,
  actor: null,
  metadata: null,
};

test('an intent that is put together from its rows is the one that its workflow held', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const intent = newIntent(bookingGraph);
      const decisions = steps.flatMap((what, number) => take(intent, what, number) ?? []);
      const moves = decisions.flatMap((decision) => (decision.status === 'applied' ? [rowOf(decision)] : []));
      const refused = decisions.flatMap((decision) => {
        if (decision.status !== 'rejected') return [];
        const { status, requestId, code, message, state, number } = decision;
        return [{ status, requestId, code, message, state, number }];
      });
      const found = intentOfRows(intent, {
        moves: [CREATION, ...moves],
        graphs: versions,
        firstVersion: 1,
        refused,
        rejections: refused.length,
        votes: 0,
      });
      // Signals that led to nothing have left no row.
      expect({ ...carryState(found), received: intent.received }).toEqual(carryState(intent));
      expect(found.enteredBy).toBe(intent.enteredBy);
    }),
    { numRuns: 1_000 },
  );
});

test('rows whose graph is not given are refused', () => {
  const trail = {
    moves: [CREATION],
    graphs: new Map(),
    firstVersion: 1,
    refused: [],
    rejections: 0,
    votes: 0,
  };
  expect(() => intentOfRows(newIntent(bookingGraph), trail)).toThrow(
    'The version 1 of the graph is not given.',
  );
});
