import type { Environment } from '@marcbachmann/cel-js';
import { Duration } from '@marcbachmann/cel-js/evaluator';
import { Temporal } from 'temporal-polyfill/implementation';

/**
 * CEL's timestamp. The library's own one is a Date, whose class it does not recognise in workflow code, and it reads
 * texts without an offset, and times in a time zone, by the clock of the machine: a replay could differ.
 */
export class Timestamp {
  readonly instant: Temporal.Instant;

  constructor(instant: Temporal.Instant) {
    this.instant = instant;
  }

  // The library compares by it.
  valueOf(): number {
    return this.instant.epochMilliseconds;
  }

  toString(): string {
    return this.instant.toString({ smallestUnit: 'millisecond' });
  }
}

/** What the library calls `timestamp`, which it does not let be replaced: calls are renamed to this. */
export const TIMESTAMP_FUNCTION = 'toTimestamp';

/** As CEL has them: months, and days of a month or year, are counted from 0, and `getDate` from 1. */
const GETTERS: Record<string, (time: Temporal.ZonedDateTime) => number> = {
  getFullYear: (time) => time.year,
  getMonth: (time) => time.month - 1,
  getDate: (time) => time.day,
  getDayOfMonth: (time) => time.day - 1,
  getDayOfWeek: (time) => time.dayOfWeek % 7,
  getDayOfYear: (time) => time.dayOfYear - 1,
  getHours: (time) => time.hour,
  getMinutes: (time) => time.minute,
  getSeconds: (time) => time.second,
  getMilliseconds: (time) => time.millisecond,
};

const read = (text: string) => new Timestamp(Temporal.Instant.from(text));
const ofSeconds = (seconds: number) =>
  new Timestamp(Temporal.Instant.fromEpochMilliseconds(Math.floor(seconds) * 1000));
const moved = (time: Timestamp, duration: Duration, sign: 1 | -1) =>
  new Timestamp(
    time.instant.add({ seconds: sign * Number(duration.seconds), nanoseconds: sign * duration.nanos }),
  );

/** Teaches an environment the type `Timestamp`. */
export function registerTimestamps(environment: Environment): void {
  const DURATION = 'google.protobuf.Duration';
  environment
    .registerType('Timestamp', Timestamp)
    .registerFunction(`${TIMESTAMP_FUNCTION}(string): Timestamp`, read)
    .registerFunction(`${TIMESTAMP_FUNCTION}(int): Timestamp`, (seconds: bigint) =>
      ofSeconds(Number(seconds)),
    )
    .registerFunction(`${TIMESTAMP_FUNCTION}(double): Timestamp`, ofSeconds)
    .registerFunction('string(Timestamp): string', String)
    .registerFunction('int(Timestamp): int', (time: Timestamp) => BigInt(Math.floor(time.valueOf() / 1000)))
    .registerOperator(`Timestamp + ${DURATION}: Timestamp`, (time: Timestamp, length: Duration) =>
      moved(time, length, 1),
    )
    .registerOperator(`${DURATION} + Timestamp: Timestamp`, (length: Duration, time: Timestamp) =>
      moved(time, length, 1),
    )
    .registerOperator(`Timestamp - ${DURATION}: Timestamp`, (time: Timestamp, length: Duration) =>
      moved(time, length, -1),
    )
    .registerOperator(`Timestamp - Timestamp: ${DURATION}`, (a: Timestamp, b: Timestamp) =>
      Duration.fromMilliseconds(a.valueOf() - b.valueOf()),
    )
    .registerOperator('Timestamp == Timestamp', (a: Timestamp, b: Timestamp) => a.valueOf() === b.valueOf())
    .registerOperator('Timestamp < Timestamp', (a: Timestamp, b: Timestamp) => a.valueOf() < b.valueOf())
    .registerOperator('Timestamp <= Timestamp', (a: Timestamp, b: Timestamp) => a.valueOf() <= b.valueOf())
    .registerOperator('Timestamp > Timestamp', (a: Timestamp, b: Timestamp) => a.valueOf() > b.valueOf())
    .registerOperator('Timestamp >= Timestamp', (a: Timestamp, b: Timestamp) => a.valueOf() >= b.valueOf());
  for (const [name, get] of Object.entries(GETTERS)) {
    const getIn = (time: Timestamp, timeZone: string) =>
      BigInt(get(time.instant.toZonedDateTimeISO(timeZone)));
    environment
      .registerFunction(`Timestamp.${name}(): int`, (time: Timestamp) => getIn(time, 'UTC'))
      .registerFunction(`Timestamp.${name}(string): int`, getIn);
  }
}
