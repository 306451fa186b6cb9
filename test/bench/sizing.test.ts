import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { temporal } from '@temporalio/proto';

import { actionsOf } from '../../bench/sizing/actions';
import { formatSizing } from '../../bench/sizing/format-sizing';
import type { Sizing } from '../../bench/sizing/measure-sizing';
import { CHECKOUT } from '../../src/dev/checkout';

const { EventType } = temporal.api.enums.v1;
const JITI = join(CHECKOUT, 'node_modules', 'jiti', 'lib', 'jiti-cli.mjs');

test('actions are what Temporal bills: local activities once a workflow task, and each retry of an activity', () => {
  const local = (task: number) => ({
    eventType: EventType.EVENT_TYPE_MARKER_RECORDED,
    markerRecordedEventAttributes: {
      markerName: 'core_local_activity',
      workflowTaskCompletedEventId: task as never,
    },
  });
  const events = [
    { eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED },
    { eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED },
    { eventType: EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED },
    local(4),
    local(4),
    local(9),
    { eventType: EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED },
    {
      eventType: EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED,
      activityTaskStartedEventAttributes: { attempt: 3 },
    },
  ];
  expect(actionsOf(events)).toEqual({
    'workflow started': 1,
    signal: 1,
    'local activities of a workflow task': 2,
    activity: 3,
  });
});

test('a smoke run gives every figure, and one audit row for each transition', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [JITI, join('bench', 'sizing', 'main.ts'), '--quick', '--json'],
    { cwd: CHECKOUT },
  );
  const sizing = JSON.parse(stdout) as Sizing;
  expect(sizing.throughput.map(({ workers }) => workers)).toEqual([1, 2]);
  for (const { perSecond } of sizing.throughput) expect(perSecond.min).toBeGreaterThan(0);
  const { transition } = sizing;
  expect(transition.rows).toMatchObject({ workflow_transition_audit: 1 });
  expect(transition.actions).toMatchObject({ signal: 1 });
  expect(transition.historyEvents).toBeGreaterThanOrEqual(transition.allActions);
  const text = formatSizing(sizing, { rate: 10, millionActions: 40 });
  expect(text).toContain(`at 40 USD for a million actions: ${transition.allActions * 40} USD`);
}, 240_000);
