import { defineGraph, type ActivityRule, type Graph } from '../../../src/graph';

/** Task queue of the app that works for driven intents. */
export const APP_TASK_QUEUE = 'driven';

export const PARTS = 2;

/** Ends by itself: nobody asks it for anything. */
export const partGraph = defineGraph({
  name: 'driven-part',
  version: 1,
  steps: [{ key: 'part', label: 'Part', states: ['OPEN'] }],
  transitions: { OPEN: ['DONE', 'CANCELLED'] },
  terminal: ['DONE', 'CANCELLED'],
  deadlines: { OPEN: { after: 'PT1S', to: 'DONE' } },
});

/** As many tries as it takes while its workers are killed; a try that is lost costs two seconds. */
const activity = (name: string): ActivityRule => ({
  activity: name,
  taskQueue: APP_TASK_QUEUE,
  startToCloseTimeout: 'PT5S',
  heartbeatTimeout: 'PT2S',
  retry: { maximumAttempts: 20, initialInterval: 'PT0.2S', maximumInterval: 'PT1S' },
});

/**
 * A graph that has everything that the engine does by itself. Whatever is asked of an intent or not, it ends: each state
 * is left by work, by children or by a deadline, unless the intent is paused.
 *
 * @param lapsed what the state is called in which a review ends that nobody has approved
 * @param patience how long a review waits, in ISO 8601
 */
function drivenGraph(version: number, lapsed: string, patience: string): Graph {
  return defineGraph({
    name: 'driven',
    version,
    steps: [
      { key: 'work', label: 'Work', states: ['NEW', 'WORKING', 'WORK_FAILED'] },
      { key: 'review', label: 'Review', states: ['REVIEW', lapsed] },
      { key: 'parts', label: 'Parts', states: ['PARTING'] },
      { key: 'cancel', label: 'Cancellation', states: ['UNDOING', 'UNDO_FAILED'] },
    ],
    transitions: {
      NEW: ['WORKING', 'CANCELLED'],
      WORKING: ['REVIEW', 'WORK_FAILED'],
      WORK_FAILED: ['WORKING'],
      REVIEW: ['PARTING', lapsed],
      [lapsed]: ['REVIEW', 'PARTING'],
      PARTING: ['DONE'],
      UNDOING: ['CANCELLED', 'UNDO_FAILED'],
      UNDO_FAILED: ['UNDOING'],
    },
    terminal: ['DONE', 'CANCELLED'],
    work: { WORKING: { ...activity('work'), success: 'REVIEW', failure: 'WORK_FAILED' } },
    approvals: [
      {
        from: 'REVIEW',
        to: 'PARTING',
        count: 2,
        roles: ['owner', 'reviewer'],
        distinctRoles: true,
        expireAfter: 'PT1S',
      },
    ],
    children: {
      PARTING: {
        graph: 'driven-part@1',
        items: '[{"part": 1}, {"part": 2}]',
        until: 'all',
        done: 'DONE',
      },
    },
    deadlines: {
      NEW: { after: 'PT2S', to: 'WORKING' },
      WORK_FAILED: { after: 'PT1S', to: 'WORKING' },
      REVIEW: { after: patience, to: lapsed },
      [lapsed]: { after: 'PT1S', to: 'PARTING' },
      UNDO_FAILED: { after: 'PT1S', to: 'UNDOING' },
    },
    undo: { WORKING: activity('undo'), PARTING: activity('undo') },
    cancellation: { through: 'UNDOING', failed: 'UNDO_FAILED' },
  });
}

/** By their references. In one version a review lapses, in the other one it is overdue, and later. */
export const DRIVEN_GRAPHS = {
  'driven@1': drivenGraph(1, 'LAPSED', 'PT3S'),
  'driven@2': drivenGraph(2, 'OVERDUE', 'PT5S'),
};

export type DrivenVersion = keyof typeof DRIVEN_GRAPHS;
export const DRIVEN_VERSIONS = Object.keys(DRIVEN_GRAPHS) as DrivenVersion[];

/** Where an intent goes on in the version that it moves to. */
export const STATE_MAPS: Record<DrivenVersion, Record<string, string>> = {
  'driven@1': { OVERDUE: 'LAPSED' },
  'driven@2': { LAPSED: 'OVERDUE' },
};

/** The version that an audit row says. */
export function versionOf(graphVersion: number): Graph {
  return DRIVEN_GRAPHS[`driven@${graphVersion}` as DrivenVersion];
}
