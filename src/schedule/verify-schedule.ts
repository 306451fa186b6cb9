import { isDeepStrictEqual } from 'node:util';

import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleDescription,
  type ScheduleHandle,
} from '@temporalio/client';

import { OPERATIONS_TASK_QUEUE, VERIFY_SCHEDULE_ID, VERIFY_WORKFLOW_TYPE } from '../intent';
import { SCHEDULE_LIMITS } from './limits';

/** Less would verify all the time. */
export const SHORTEST_INTERVAL_SECONDS = 10;

/** What there is to know about it. */
export interface VerifySchedule {
  id: string;
  everySeconds: number;
  paused: boolean;
  /** Workflow ID of the verification that runs now, or `null`. */
  running: string | null;
  nextRuns: Date[];
}

/**
 * Creates the Temporal Schedule that verifies all intents, or changes its interval. Runs never overlap: one that is due
 * while another is under way is skipped. One that was missed for longer than a minute is not made up for.
 *
 * @param everySeconds at least {@link SHORTEST_INTERVAL_SECONDS}; runs are at multiples of it since 1970, UTC
 * @param onlyCreate leaves one that is there as it is
 * @example
 * await setVerifySchedule(client, { everySeconds: 900 });
 */
export async function setVerifySchedule(
  client: Client,
  { everySeconds, onlyCreate = false }: { everySeconds: number; onlyCreate?: boolean },
): Promise<'created' | 'changed' | 'unchanged'> {
  const wanted = optionsOf(everySeconds);
  const handle = client.schedule.getHandle(VERIFY_SCHEDULE_ID);
  let present = await describe(handle);
  if (present === undefined) {
    try {
      await client.schedule.create({ scheduleId: VERIFY_SCHEDULE_ID, ...wanted });
      return 'created';
    } catch (error) {
      // Somebody else was faster.
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      present = await handle.describe();
    }
  }
  if (onlyCreate || isAsWanted(present, wanted)) return 'unchanged';
  // Whoever paused it wants it to stay paused.
  await handle.update(({ state }) => ({ ...wanted, state }));
  return 'changed';
}

/** @returns `undefined` where there is none */
export async function readVerifySchedule(client: Client): Promise<VerifySchedule | undefined> {
  const present = await describe(client.schedule.getHandle(VERIFY_SCHEDULE_ID));
  if (present === undefined) return undefined;
  const { scheduleId: id, spec, state, info } = present;
  const [running] = info.runningActions;
  return {
    id,
    everySeconds: (spec.intervals?.[0]?.every ?? 0) / 1_000,
    paused: state.paused,
    running: running?.workflow.workflowId ?? null,
    nextRuns: info.nextActionTimes,
  };
}

/**
 * Has it verify now, unless it does so already.
 *
 * @returns whether it was there
 */
export async function triggerVerifySchedule(client: Client): Promise<boolean> {
  return whereThere(() => client.schedule.getHandle(VERIFY_SCHEDULE_ID).trigger(ScheduleOverlapPolicy.SKIP));
}

/**
 * A verification that runs goes on.
 *
 * @returns whether it was there
 */
export async function deleteVerifySchedule(client: Client): Promise<boolean> {
  return whereThere(() => client.schedule.getHandle(VERIFY_SCHEDULE_ID).delete());
}

function optionsOf(everySeconds: number) {
  return {
    spec: { intervals: [{ every: everySeconds * 1_000 }] },
    action: {
      type: 'startWorkflow' as const,
      workflowType: VERIFY_WORKFLOW_TYPE,
      taskQueue: OPERATIONS_TASK_QUEUE,
      workflowId: VERIFY_SCHEDULE_ID,
      args: [],
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: SCHEDULE_LIMITS.catchUpMs },
  };
}

function isAsWanted(present: ScheduleDescription, wanted: ReturnType<typeof optionsOf>): boolean {
  const { spec, action, policies } = present;
  const seen = {
    intervals: spec.intervals?.map(({ every }) => every),
    calendars: spec.calendars?.length ?? 0,
    action: [action.workflowType, action.taskQueue],
    policies: [policies.overlap, policies.catchupWindow],
  };
  return isDeepStrictEqual(seen, {
    intervals: wanted.spec.intervals.map(({ every }) => every),
    calendars: 0,
    action: [wanted.action.workflowType, wanted.action.taskQueue],
    policies: [wanted.policies.overlap, wanted.policies.catchupWindow],
  });
}

async function describe(handle: ScheduleHandle): Promise<ScheduleDescription | undefined> {
  try {
    return await handle.describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

async function whereThere(act: () => Promise<void>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return false;
    throw error;
  }
}
