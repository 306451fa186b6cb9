import { condition } from '@temporalio/workflow';

import {
  deadlineTimes,
  dependsOnTimeZoneData,
  evaluate,
  type CountedDeadline,
  type DeadlineRule,
  type DeadlineTimes,
  type ReminderRule,
} from '../../graph';
import { expressionData, occurredAtSchema, type EngineMove, type Intent } from '../../intent';
import { WORKFLOW_LIMITS } from '../limits';
import { localFirst, permanentFailure } from '../record';

/** When the time of a state is over. Plain JSON, which continue-as-new carries. */
export interface Clock extends DeadlineTimes {
  /** ISO 8601, UTC. Left out where it stood before it was kept: then nothing but its times is known. */
  startedAt?: string;
  /** How long it has stood still since, milliseconds. */
  stoodMs?: number;
  /** Since when it stands still: its times are as they would be if the intent were resumed at once. */
  stoppedAt?: string;
}

/** Why the clock of a state can't be started: the intent stays there, and says so. */
export class DeadlineProblem extends Error {
  override readonly name = 'DeadlineProblem';
}

/**
 * Starts the clock of the state that the intent has just entered.
 *
 * @throws DeadlineProblem
 */
export async function startClock(intent: Intent, rule: DeadlineRule): Promise<Clock> {
  const startedAt = new Date().toISOString();
  return { ...(await timesOf(intent, rule, startedAt)), startedAt, stoodMs: 0 };
}

/**
 * Sets a clock to the time of another version of the graph, counted from when it was started; what it stood still does not
 * count. Reminders whose time has passed are over.
 *
 * @throws DeadlineProblem
 */
export async function resetClock(intent: Intent, rule: DeadlineRule, clock: Clock): Promise<Clock> {
  const now = new Date().toISOString();
  const { startedAt = now, stoodMs = 0, stoppedAt } = clock;
  const times = await timesOf(intent, rule, startedAt);
  const moved = rule.after === undefined ? times : shifted(times, stoodMs);
  const reminders = moved.reminders.filter(({ at }) => at > (stoppedAt ?? now));
  return { ...moved, reminders, startedAt, stoodMs, ...(stoppedAt !== undefined && { stoppedAt }) };
}

async function timesOf(intent: Intent, rule: DeadlineRule, from: string): Promise<DeadlineTimes> {
  const dueAt = rule.at === undefined ? undefined : timeOf(intent, rule.at);
  if (!dependsOnTimeZoneData(rule)) return deadlineTimes(rule, from, dueAt);
  // Rules for summer time change, and with them what a replay would count: what was counted belongs into history.
  const { after, timeZone, reminders = [] } = rule;
  const counted: CountedDeadline = {
    ...(after !== undefined && { after }),
    ...(timeZone !== undefined && { timeZone }),
    reminders: reminders.map(({ before }) => ({ before })),
  };
  try {
    return await localFirst('deadline', true, (activities) =>
      activities.countDeadline({ rule: counted, from, ...(dueAt !== undefined && { dueAt }) }),
    );
  } catch (error) {
    const failure = permanentFailure(error);
    throw failure === undefined ? error : unknown(intent, failure.message);
  }
}

function timeOf(intent: Intent, expression: string): string {
  const value = evaluate(expression, expressionData(intent));
  if (!value.ok) throw unknown(intent, `\`${expression}\`: ${value.message}`);
  const time = occurredAtSchema.safeParse(value.value);
  if (time.success) return time.data;
  throw unknown(intent, `\`${expression}\` ${time.error.issues[0]?.message ?? 'is no time'}`);
}

function unknown({ state }: Intent, why: string): DeadlineProblem {
  return new DeadlineProblem(`The deadline of ${state} is unknown: ${why}`);
}

/**
 * Waits until the time of the state is over, by durable timers. A pause stops the clock of a duration; an absolute time
 * stays what it is, and is heeded when the intent is resumed.
 *
 * @param remind told of each reminder when its time has come, unless that of the deadline has come too
 */
export async function driveDeadline(
  intent: Intent,
  rule: DeadlineRule,
  clock: Clock,
  remind: (reminder: ReminderRule) => void,
): Promise<EngineMove> {
  const { entry, state } = intent;
  for (;;) {
    if (intent.paused) await standStill(intent, rule, clock);
    const now = Date.now();
    if (Date.parse(clock.dueAt) <= now) {
      return { kind: 'deadline', entry, to: rule.to, reason: `Due since ${clock.dueAt}` };
    }
    const [next] = clock.reminders;
    const waitMs = Date.parse(next?.at ?? clock.dueAt) - now;
    if (waitMs > 0) {
      const summary = `${state}: ${next === undefined ? 'deadline' : `reminder ${next.before} before`}`;
      await condition(() => intent.paused, Math.min(waitMs, WORKFLOW_LIMITS.longestTimerMs), { summary });
    } else if (next !== undefined) {
      clock.reminders.shift();
      const reminder = rule.reminders?.find(({ before }) => before === next.before);
      if (reminder !== undefined) remind(reminder);
    }
  }
}

async function standStill(intent: Intent, rule: DeadlineRule, clock: Clock): Promise<void> {
  clock.stoppedAt ??= new Date().toISOString();
  await condition(() => !intent.paused);
  const stoodMs = Date.now() - Date.parse(clock.stoppedAt);
  clock.stoodMs = (clock.stoodMs ?? 0) + stoodMs;
  if (rule.after !== undefined) Object.assign(clock, shifted(clock, stoodMs));
  delete clock.stoppedAt;
}

function shifted({ dueAt, reminders }: DeadlineTimes, ms: number): DeadlineTimes {
  const later = (at: string) => new Date(Date.parse(at) + ms).toISOString();
  return { dueAt: later(dueAt), reminders: reminders.map(({ before, at }) => ({ before, at: later(at) })) };
}
