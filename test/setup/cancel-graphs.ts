import { defineGraph, type Graph } from '../../src/graph';

/** One state of each kind that an intent can rest in, and only the first leads to CANCELLED. */
export function kindsGraph(taskQueue: string): Graph {
  return defineGraph({
    name: 'kinds',
    version: 1,
    steps: [
      {
        key: 'only',
        label: 'Only',
        states: ['NEW', 'RESTING', 'WORKING', 'WAITING', 'FANNING', 'WORK_FAILED'],
      },
    ],
    transitions: {
      NEW: ['RESTING', 'WORKING', 'WAITING', 'FANNING', 'CANCELLED'],
      RESTING: ['DONE'],
      WORKING: ['DONE', 'WORK_FAILED'],
      WORK_FAILED: ['WORKING'],
      WAITING: ['DONE'],
      FANNING: ['DONE'],
    },
    terminal: ['DONE', 'CANCELLED'],
    work: {
      WORKING: {
        activity: 'work',
        taskQueue,
        success: 'DONE',
        failure: 'WORK_FAILED',
        heartbeatTimeout: 'PT30S',
      },
    },
    deadlines: { WAITING: { after: 'P14D', to: 'DONE' } },
    children: { FANNING: { graph: 'piece@1', items: '[{"piece": 1}]', until: 'all', done: 'DONE' } },
  });
}

/** Can't be cancelled: it has no state for that. */
export function endlessGraph(taskQueue: string): Graph {
  return defineGraph({
    name: 'endless',
    version: 1,
    steps: [{ key: 'only', label: 'Only', states: ['NEW', 'WORKING', 'WORK_FAILED'] }],
    transitions: { NEW: ['WORKING'], WORKING: ['DONE', 'WORK_FAILED'], WORK_FAILED: ['WORKING'] },
    terminal: ['DONE'],
    work: {
      WORKING: {
        activity: 'work',
        taskQueue,
        success: 'DONE',
        failure: 'WORK_FAILED',
        heartbeatTimeout: 'PT30S',
      },
    },
  });
}

/** Books one thing after another, and gives all of it back when it is cancelled. */
export function tripGraph(taskQueue: string): Graph {
  const undo = (activity: string) => ({
    activity,
    taskQueue,
    heartbeatTimeout: 'PT30S',
    retry: { maximumAttempts: 1 },
  });
  return defineGraph({
    name: 'trip',
    version: 1,
    steps: [
      { key: 'plan', label: 'Plan', states: ['NEW', 'FLIGHT_BOOKED', 'HOTEL_BOOKED', 'CAR_BOOKED'] },
      { key: 'pay', label: 'Pay', states: ['PAYING', 'PAYMENT_FAILED', 'EXPIRING'] },
      { key: 'cancel', label: 'Cancellation', states: ['CANCELLING', 'CANCEL_FAILED'] },
    ],
    transitions: {
      NEW: ['FLIGHT_BOOKED', 'HOTEL_BOOKED', 'CANCELLED'],
      FLIGHT_BOOKED: ['HOTEL_BOOKED', 'PAYING', 'EXPIRING', 'CANCELLED'],
      HOTEL_BOOKED: ['FLIGHT_BOOKED', 'CAR_BOOKED', 'PAYING'],
      CAR_BOOKED: ['PAYING', 'CANCELLED'],
      PAYING: ['DONE', 'PAYMENT_FAILED'],
      PAYMENT_FAILED: ['PAYING'],
      EXPIRING: ['CANCELLED'],
      CANCELLING: ['CANCELLED', 'CANCEL_FAILED'],
      CANCEL_FAILED: ['CANCELLING', 'CANCELLED'],
    },
    terminal: ['DONE', 'CANCELLED'],
    work: {
      PAYING: {
        activity: 'work',
        taskQueue,
        success: 'DONE',
        failure: 'PAYMENT_FAILED',
        heartbeatTimeout: 'PT30S',
      },
    },
    deadlines: { EXPIRING: { after: 'PT1S', to: 'CANCELLED' } },
    undo: {
      FLIGHT_BOOKED: undo('cancelFlight'),
      HOTEL_BOOKED: undo('cancelHotel'),
      CAR_BOOKED: undo('cancelCar'),
    },
    cancellation: { through: 'CANCELLING', failed: 'CANCEL_FAILED' },
  });
}
