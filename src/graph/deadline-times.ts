import { addDuration, subtractDuration } from './duration';

/** When the time of a state is over, and what comes before. Plain JSON; times are in ISO 8601, UTC. */
export interface DeadlineTimes {
  dueAt: string;
  /** Those that are still to come, the earliest first. `before` tells which one it is. */
  reminders: { before: string; at: string }[];
}

/** What of a rule its times follow from. */
export interface CountedDeadline {
  readonly after?: string | undefined;
  readonly timeZone?: string | undefined;
  readonly reminders?: readonly { readonly before: string }[] | undefined;
}

/**
 * Counts the times of a deadline, on the calendar of its time zone. A reminder whose time has come already is too late,
 * and is left out. Throws a RangeError where this machine does not know the time zone.
 *
 * @param from when the clock starts, ISO 8601
 * @param dueAt of a rule without `after`, ISO 8601
 */
export function deadlineTimes(
  { after, timeZone, reminders = [] }: CountedDeadline,
  from: string,
  dueAt = from,
): DeadlineTimes {
  const due = after === undefined ? dueAt : addDuration(from, after, timeZone);
  return {
    dueAt: due,
    reminders: reminders
      .map(({ before }) => ({ before, at: subtractDuration(due, before, timeZone) }))
      .filter(({ at }) => Date.parse(at) > Date.parse(from))
      .sort((a, b) => Date.parse(a.at) - Date.parse(b.at)),
  };
}

/** Whether the times depend on what this machine knows of a time zone, which another one may know otherwise. */
export function dependsOnTimeZoneData({ timeZone }: CountedDeadline): boolean {
  return timeZone !== undefined && timeZone !== 'UTC';
}
