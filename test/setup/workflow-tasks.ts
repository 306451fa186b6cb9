import type { Client } from '@temporalio/client';
import { temporal as proto } from '@temporalio/proto';

import type { History } from '../../src/ops/replayer';

/** The histories of all runs of a workflow, in their order. */
export async function runsOf(temporal: Client, workflowId: string): Promise<History[]> {
  const histories: History[] = [];
  let runId: string | undefined;
  do {
    const history: History = await temporal.workflow.getHandle(workflowId, runId).fetchHistory();
    histories.unshift(history);
    runId =
      history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined;
  } while (runId !== undefined);
  return histories;
}

/** The build that completed each workflow task, in their order. */
export function buildsOf(histories: readonly History[]): string[] {
  return eventsOf(histories).flatMap(({ workflowTaskCompletedEventAttributes: completed }) =>
    completed ? [completed.deploymentVersion?.buildId ?? completed.workerVersion?.buildId ?? 'none'] : [],
  );
}

/** The worker that completed each workflow task, by process and machine, in their order. */
export function workersOf(histories: readonly History[]): string[] {
  return eventsOf(histories).flatMap(({ workflowTaskCompletedEventAttributes: completed }) =>
    completed ? [completed.identity ?? 'none'] : [],
  );
}

/** Why workflow tasks failed; one that timed out has only lost its worker. */
export function failuresOf(histories: readonly History[]): string[] {
  return eventsOf(histories).flatMap(({ workflowTaskFailedEventAttributes: failed }) => {
    if (!failed) return [];
    const cause = proto.api.enums.v1.WorkflowTaskFailedCause[failed.cause ?? 0];
    return [`${cause}: ${failed.failure?.message ?? ''}`];
  });
}

/** Patches whose new way was taken. */
export function patchesOf(histories: readonly History[]): string[] {
  return eventsOf(histories).flatMap(({ markerRecordedEventAttributes: marker }) => {
    const data =
      marker?.markerName === 'core_patch' ? marker.details?.['patch-data']?.payloads?.[0]?.data : null;
    return data ? [(JSON.parse(Buffer.from(data).toString()) as { id: string }).id] : [];
  });
}

function eventsOf(histories: readonly History[]) {
  return histories.flatMap(({ events }) => events ?? []);
}
