// The implementation itself and not the entry that prefers a native Temporal: what replays must not depend on Node's version.
import { Temporal } from 'temporal-polyfill/implementation';

import { GRAPH_LIMITS } from './limits';

const FORM =
  /^P(?=\d|T\d)(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,12})(?:\.(\d{1,3}))?S)?)?$/;

export interface DurationParts {
  readonly years: number;
  readonly months: number;
  readonly weeks: number;
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly milliseconds: number;
}

/**
 * Reads an ISO 8601 duration such as `PT30S`, `P14D` or `P1M`. Whole numbers, but for seconds, which may have up to
 * three decimals; no sign. `undefined` for anything else, for a duration of nothing and for one beyond the limit.
 */
export function parseDuration(text: string): DurationParts | undefined {
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const number = (group: number) => Number(match[group] ?? 0);
  const parts: DurationParts = {
    years: number(1),
    months: number(2),
    weeks: number(3),
    days: number(4),
    hours: number(5),
    minutes: number(6),
    seconds: number(7),
    milliseconds: Number((match[8] ?? '').padEnd(3, '0')),
  };
  return longest(parts) > 0 && longest(parts) <= GRAPH_LIMITS.durationYears * LONGEST.year * DAY
    ? parts
    : undefined;
}

const DAY = 24 * 60 * 60 * 1000;
/** In days. */
const LONGEST = { year: 366, month: 31 };
const SHORTEST = { year: 365, month: 28 };

function msOf(parts: DurationParts, { year, month }: typeof LONGEST): number {
  const { years, months, weeks, days, hours, minutes, seconds, milliseconds } = parts;
  const allDays = years * year + months * month + weeks * 7 + days;
  return allDays * DAY + ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds;
}

const longest = (parts: DurationParts) => msOf(parts, LONGEST);

/** How long a duration may turn out, in milliseconds; a day counts as 24 hours. Throws a RangeError if it is none. */
export function lengthRange(duration: string): { readonly shortest: number; readonly longest: number } {
  const parts = partsOf(duration);
  return { shortest: msOf(parts, SHORTEST), longest: longest(parts) };
}

/** Whether a duration is the same length whenever it begins: it has no years and no months. */
export function hasFixedLength(duration: string): boolean {
  const parts = parseDuration(duration);
  return parts === undefined || (parts.years === 0 && parts.months === 0);
}

/**
 * The instant that lies a duration after another. Years to days are counted on the calendar of the time zone, so a
 * day may have 23 or 25 hours there, and a month that has no such day ends with its last; then come hours and less,
 * as they pass. A local time that the clocks skip is taken as the same distance after the skip.
 *
 * Throws a RangeError for what is no instant, duration or time zone.
 *
 * @example
 * addDuration('2026-01-31T12:00:00Z', 'P1M') // '2026-02-28T12:00:00.000Z'
 * addDuration('2026-03-28T12:00:00Z', 'P1D', 'Europe/Amsterdam') // '2026-03-29T11:00:00.000Z'
 */
export function addDuration(at: string, duration: string, timeZone = 'UTC'): string {
  return move('add', at, duration, timeZone);
}

/** The instant that lies a duration before another; otherwise like {@link addDuration}. */
export function subtractDuration(at: string, duration: string, timeZone = 'UTC'): string {
  return move('subtract', at, duration, timeZone);
}

function move(direction: 'add' | 'subtract', at: string, duration: string, timeZone: string): string {
  const start = Temporal.Instant.from(at).toZonedDateTimeISO(timeZone);
  const { years, months, weeks, days, ...time } = partsOf(duration);
  const end = start[direction]({ years, months, weeks, days })[direction](time);
  return end.toInstant().toString({ smallestUnit: 'millisecond' });
}

/**
 * A duration in milliseconds, for timeouts. A day is 24 hours. Throws a RangeError for years and months, which have
 * no fixed length, and for what is no duration.
 */
export function durationMs(duration: string): number {
  const parts = partsOf(duration);
  if (!hasFixedLength(duration)) {
    throw new RangeError(`${duration} has no fixed length: write it in days, hours, minutes or seconds`);
  }
  return longest(parts);
}

function partsOf(duration: string): DurationParts {
  const parts = parseDuration(duration);
  if (parts === undefined) throw new RangeError(`"${duration}" is not a duration such as PT30S, P14D or P1M`);
  return parts;
}

/** Whether Intl knows the time zone. */
export function isTimeZone(timeZone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone);
    return true;
  } catch {
    return false;
  }
}
