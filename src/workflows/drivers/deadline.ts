import { condition } from '@temporalio/workflow';

import { addDuration, evaluate, subtractDuration, type DeadlineRule, type ReminderRule } from '../../graph';
import { expressionData, type EngineMove, type Intent } from '../../intent';

/** When the time of a state is over. Plain JSON, which continue-as-new carries. */
export interface Clock {
  /** ISO 8601, UTC. */
  startedAt: string;
  /** How long it has stood still since, milliseconds. */
  stoodMs: number;
  /** ISO 8601, UTC. While the intent is paused: as it would be if it were resumed at {@link stoppedAt}. */
  dueAt: string;
  /** Since when it stands still. */
  stoppedAt?: string;
  /** How many reminders are over, those that came too late to be sent included. */
  reminded: number;
}

type StartedClock = { ok: true; clock: Clock } | { ok: false; message: string };

/** Starts the clock of the state that the intent has just entered; or says why there is none. */
export function startClock(intent: Intent, rule: DeadlineRule): StartedClock {
  const now = new Date().toISOString();
  const due = dueBy(intent, rule, { startedAt: now, stoodMs: 0 });
  if (!due.ok) return due;
  const { dueAt } = due;
  const late = rule.after === undefined ? lateReminders(rule, dueAt, now) : 0;
  return { ok: true, clock: { startedAt: now, stoodMs: 0, dueAt, reminded: late } };
}

/**
 * Sets a clock to the time of another version of the graph, counted from when it was started; what it stood still does
 * not count. Reminders whose time has passed are over.
 */
export function resetClock(intent: Intent, rule: DeadlineRule, clock: Clock): StartedClock {
  const due = dueBy(intent, rule, clock);
  if (!due.ok) return due;
  const { dueAt } = due;
  const at = clock.stoppedAt ?? new Date().toISOString();
  return { ok: true, clock: { ...clock, dueAt, reminded: lateReminders(rule, dueAt, at) } };
}

function dueBy(
  intent: Intent,
  rule: DeadlineRule,
  { startedAt, stoodMs }: Pick<Clock, 'startedAt' | 'stoodMs'>,
): { ok: true; dueAt: string } | { ok: false; message: string } {
  if (rule.after !== undefined) {
    return { ok: true, dueAt: later(addDuration(startedAt, rule.after, rule.timeZone), stoodMs) };
  }
  const due = evaluate(rule.at ?? '', expressionData(intent));
  const at = due.ok && typeof due.value === 'string' ? Date.parse(due.value) : NaN;
  if (Number.isNaN(at)) {
    const why = due.ok ? 'gives no date and time' : due.message;
    return { ok: false, message: `The deadline of ${intent.state} is unknown: \`${rule.at}\` ${why}` };
  }
  return { ok: true, dueAt: new Date(at).toISOString() };
}

/** How many reminders come too late. */
function lateReminders(rule: DeadlineRule, dueAt: string, at: string): number {
  return remindersOf(rule).filter(({ before }) => subtractDuration(dueAt, before) <= at).length;
}

function later(time: string, ms: number): string {
  return new Date(Date.parse(time) + ms).toISOString();
}

/**
 * Waits until the time of the state is over, by durable timers. A pause stops the clock of a duration; an absolute time
 * stays what it is, and is heeded when the intent is resumed.
 *
 * @param remind told of each reminder when its time has come
 * @returns `undefined` when the intent follows another version of its graph, by which the clock is set anew
 */
export async function driveDeadline(
  intent: Intent,
  rule: DeadlineRule,
  clock: Clock,
  remind: (reminder: ReminderRule) => void,
): Promise<EngineMove | undefined> {
  const { entry, graph } = intent;
  const reminders = remindersOf(rule);
  for (;;) {
    if (intent.paused) await standStill(intent, rule, clock);
    if (intent.graph !== graph) return undefined;
    const reminder = reminders[clock.reminded];
    const next = reminder === undefined ? clock.dueAt : subtractDuration(clock.dueAt, reminder.before);
    const waitMs = Date.parse(next) - Date.now();
    if (waitMs > 0) {
      await condition(() => intent.paused, waitMs);
    } else if (reminder !== undefined) {
      clock.reminded += 1;
      remind(reminder);
    } else {
      return { kind: 'deadline', entry, to: rule.to, reason: `Due since ${clock.dueAt}` };
    }
  }
}

async function standStill(intent: Intent, rule: DeadlineRule, clock: Clock): Promise<void> {
  clock.stoppedAt ??= new Date().toISOString();
  await condition(() => !intent.paused);
  const stoodMs = Date.now() - Date.parse(clock.stoppedAt);
  clock.stoodMs += stoodMs;
  if (rule.after !== undefined) clock.dueAt = later(clock.dueAt, stoodMs);
  delete clock.stoppedAt;
}

/** The earliest first. */
function remindersOf({ reminders = [] }: DeadlineRule): readonly ReminderRule[] {
  const due = '2000-01-01T00:00:00.000Z';
  return [...reminders].sort((a, b) =>
    subtractDuration(due, a.before) < subtractDuration(due, b.before) ? -1 : 1,
  );
}
