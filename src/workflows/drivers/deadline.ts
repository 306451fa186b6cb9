import { condition } from '@temporalio/workflow';

import { addDuration, evaluate, subtractDuration, type DeadlineRule, type ReminderRule } from '../../graph';
import { expressionData, type EngineMove, type Intent } from '../../intent';

/** When the time of a state is over. Plain JSON, which continue-as-new carries. */
export interface Clock {
  /** ISO 8601, UTC. While the intent is paused: as it would be if it were resumed at {@link stoppedAt}. */
  dueAt: string;
  /** Since when it stands still. */
  stoppedAt?: string;
  /** How many reminders are over, those that came too late to be sent included. */
  reminded: number;
}

/** Starts the clock of the state that the intent has just entered; or says why there is none. */
export function startClock(
  intent: Intent,
  rule: DeadlineRule,
): { ok: true; clock: Clock } | { ok: false; message: string } {
  const now = new Date().toISOString();
  if (rule.after !== undefined) {
    return { ok: true, clock: { dueAt: addDuration(now, rule.after, rule.timeZone), reminded: 0 } };
  }
  const due = evaluate(rule.at ?? '', expressionData(intent));
  const at = due.ok && typeof due.value === 'string' ? Date.parse(due.value) : NaN;
  if (Number.isNaN(at)) {
    const why = due.ok ? 'gives no date and time' : due.message;
    return { ok: false, message: `The deadline of ${intent.state} is unknown: \`${rule.at}\` ${why}` };
  }
  const dueAt = new Date(at).toISOString();
  const late = remindersOf(rule).filter(({ before }) => subtractDuration(dueAt, before) <= now);
  return { ok: true, clock: { dueAt, reminded: late.length } };
}

/**
 * Waits until the time of the state is over, by durable timers. A pause stops the clock of a duration; an absolute time
 * stays what it is, and is heeded when the intent is resumed.
 *
 * @param remind told of each reminder when its time has come
 */
export async function driveDeadline(
  intent: Intent,
  rule: DeadlineRule,
  clock: Clock,
  remind: (reminder: ReminderRule) => void,
): Promise<EngineMove> {
  const { entry } = intent;
  const reminders = remindersOf(rule);
  for (;;) {
    if (intent.paused) await standStill(intent, rule, clock);
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
  if (rule.after !== undefined) {
    const stoodMs = Date.now() - Date.parse(clock.stoppedAt);
    clock.dueAt = new Date(Date.parse(clock.dueAt) + stoodMs).toISOString();
  }
  delete clock.stoppedAt;
}

/** The earliest first. */
function remindersOf({ reminders = [] }: DeadlineRule): readonly ReminderRule[] {
  const due = '2000-01-01T00:00:00.000Z';
  return [...reminders].sort((a, b) =>
    subtractDuration(due, a.before) < subtractDuration(due, b.before) ? -1 : 1,
  );
}
