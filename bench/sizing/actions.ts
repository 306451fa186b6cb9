import { temporal } from '@temporalio/proto';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** Billable actions of Temporal Cloud, by what caused them. */
export type Actions = Readonly<Record<string, number>>;

const { EventType } = temporal.api.enums.v1;

/** Events that count as one each. */
const ONE_EACH: ReadonlyMap<number, string> = new Map([
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED, 'workflow started'],
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED, 'signal'],
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED, 'update'],
  [EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, 'activity'],
  [EventType.EVENT_TYPE_TIMER_STARTED, 'timer'],
  [EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED, 'child workflow'],
  [EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED, 'signal to another workflow'],
  [EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES, 'search attributes'],
]);

/**
 * What a history costs in actions, as Temporal's page on them counted when this was written; it is the operator's to check, at
 * https://docs.temporal.io/cloud/actions. All local activities of one workflow task are one action. Queries are in no history,
 * and cost one each. Pure.
 */
export function actionsOf(events: readonly HistoryEvent[]): Actions {
  const counts: Record<string, number> = {};
  const count = (what: string, by = 1) => (counts[what] = (counts[what] ?? 0) + by);
  const tasksWithLocal = new Set<string>();
  for (const event of events) {
    const one = ONE_EACH.get(event.eventType ?? 0);
    if (one !== undefined) count(one);
    // A retry is an activity again; the history says only how many tries the last one was.
    const retries = (event.activityTaskStartedEventAttributes?.attempt ?? 1) - 1;
    if (retries > 0) count('activity', retries);
    const marker = event.markerRecordedEventAttributes;
    if (marker?.markerName === 'core_local_activity')
      tasksWithLocal.add(String(marker.workflowTaskCompletedEventId));
    else if (marker) count('marker');
  }
  if (tasksWithLocal.size > 0) count('local activities of a workflow task', tasksWithLocal.size);
  return counts;
}

/** Of all causes. */
export function sumOf(actions: Actions): number {
  return Object.values(actions).reduce((sum, each) => sum + each, 0);
}
