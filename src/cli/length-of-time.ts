const UNITS = [
  ['d', 24 * 60 * 60],
  ['h', 60 * 60],
  ['min', 60],
  ['s', 1],
] as const;

/**
 * A length of time for people, in its two largest units; below a minute in seconds with two decimals.
 *
 * @example
 * lengthOfTime(93784) // '1 d 2 h'
 * lengthOfTime(0.25) // '0.25 s'
 */
export function lengthOfTime(exact: number): string {
  // A percentile of whole hours may be the least bit below one.
  const seconds = Math.round(exact * 100) / 100;
  const place = UNITS.findIndex(([, size]) => seconds >= size);
  const [large, small] = [UNITS[place], UNITS[place + 1]];
  if (large === undefined || small === undefined) return `${seconds.toFixed(2)} s`;
  const [unit, size] = large;
  const [smallUnit, smallSize] = small;
  const whole = Math.floor(seconds / size);
  return `${whole} ${unit} ${Math.floor((seconds - whole * size) / smallSize)} ${smallUnit}`;
}
