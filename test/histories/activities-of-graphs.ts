import { createActivities } from '../../src/activities';
import { INTENTS_TASK_QUEUE } from '../../src/intent';
import type { Scenario } from './scenario';

/** What a rule of a scenario's graph says of an activity: the worker of intents has it. */
export const run = (activity: string) => ({ activity, taskQueue: INTENTS_TASK_QUEUE });

/** A worker of intents that has the activities of a scenario's graphs as well. */
export function workerWith(
  activities: Record<string, (...args: never[]) => Promise<unknown>>,
): NonNullable<Scenario['worker']> {
  return ({ pool }) => ({ overrides: { activities: { ...createActivities(pool), ...activities } } });
}
