import { brokenLinks, outcomeRows } from './audit-checks';
import type { Competition } from './competition';
import type { IntentEnvironment } from './intent-environment';
import { failuresOf, runsOf } from './workflow-tasks';

const SIGNAL_AT_THE_END = 'WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND';

/**
 * Every request that was answered has one outcome and there is no other, each trail is whole and is the way that the intent was
 * led, and no workflow task failed.
 */
export async function expectNothingLost(
  { pool, intents, temporal }: IntentEnvironment,
  traffic: Competition,
): Promise<void> {
  const rows = await outcomeRows(pool, traffic.ids);
  expect(traffic.owed.filter((id) => !rows.has(id))).toEqual([]);
  const sent = new Set(traffic.sent);
  expect([...rows.keys()].filter((id) => !sent.has(id))).toEqual([]);
  expect(new Set(rows.values())).toEqual(new Set([1]));
  for (const id of traffic.ids) {
    const trail = await intents.history(id);
    expect(trail.map(({ newState }) => newState)).toEqual(traffic.statesOf(id));
    expect(await brokenLinks(pool, id)).toEqual([]);
    // Temporal refuses to end a workflow for which a signal has just come: that is no failure of ours, and the task runs again.
    const failures = failuresOf(await runsOf(temporal, id));
    expect(failures.filter((failure) => !failure.startsWith(SIGNAL_AT_THE_END))).toEqual([]);
  }
}
