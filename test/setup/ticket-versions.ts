import type { Graph } from '../../src/graph';

/** A ticket, first version. */
export const ticket1 = {
  name: 'ticket',
  version: 1,
  steps: [
    { key: 'intake', label: 'Intake', states: ['OPEN'] },
    { key: 'work', label: 'Work', states: ['WORKING', 'WAITING'] },
  ],
  transitions: {
    OPEN: ['WORKING', 'CANCELLED'],
    WORKING: ['WAITING', 'WORKING', 'DONE', 'CANCELLED'],
    WAITING: ['WORKING', 'CANCELLED'],
  },
  terminal: ['DONE', 'CANCELLED'],
} satisfies Graph;

/** A step came in the middle, and WAITING became ON_HOLD. */
export const ticket2 = {
  name: 'ticket',
  version: 2,
  steps: [
    { key: 'intake', label: 'Intake', states: ['OPEN'] },
    { key: 'check', label: 'Check', states: ['CHECKING'] },
    { key: 'work', label: 'Work', states: ['WORKING', 'ON_HOLD'] },
  ],
  transitions: {
    OPEN: ['CHECKING', 'CANCELLED'],
    CHECKING: ['WORKING', 'CANCELLED'],
    WORKING: ['ON_HOLD', 'WORKING', 'DONE', 'CANCELLED'],
    ON_HOLD: ['WORKING', 'CANCELLED'],
  },
  terminal: ['DONE', 'CANCELLED'],
} satisfies Graph;
