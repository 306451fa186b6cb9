import { initialState, type Graph } from '../../src/graph';
import { CREATION_REQUEST_ID, RememberedOutcomes, WorkResults, type Intent } from '../../src/intent';

export const AT = '2026-03-01T12:00:00.000Z';

/** Two steps, a self edge, a way back, and two ends. */
export const ticketGraph: Graph = {
  name: 'ticket',
  version: 3,
  steps: [
    { key: 'intake', label: 'Intake', states: ['OPEN', 'TRIAGED'] },
    { key: 'work', label: 'Work', states: ['WORKING'] },
  ],
  transitions: {
    OPEN: ['TRIAGED', 'CLOSED'],
    TRIAGED: ['WORKING', 'OPEN', 'CLOSED'],
    WORKING: ['WORKING', 'DONE', 'CLOSED'],
  },
  terminal: ['DONE', 'CLOSED'],
};

/** An intent as its workflow holds it right after the creation. */
export function newIntent(graph: Graph = ticketGraph): Intent {
  const state = initialState(graph);
  const outcomes = new RememberedOutcomes();
  outcomes.add({
    status: 'applied',
    sequence: 1,
    requestId: CREATION_REQUEST_ID,
    previousState: null,
    newState: state,
    transitionedAt: AT,
  });
  return {
    id: '6f1c1f0e-2a54-4a0b-8a51-0d8f5a3c9d10',
    organizationId: '0b2f6f0e-7a9c-4a61-9a3f-3f7f1d2c4b5a',
    title: undefined,
    metadata: undefined,
    createdBy: undefined,
    generation: 0,
    graph,
    graphSince: 1,
    migration: undefined,
    state,
    sequence: 1,
    entry: 1,
    enteredBy: undefined,
    paused: false,
    rejections: 0,
    votes: 0,
    openVotes: [],
    received: 0,
    outcomes,
    results: new WorkResults(),
    undoable: [],
  };
}
