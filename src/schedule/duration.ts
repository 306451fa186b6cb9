const [MINUTE, HOUR] = [60, 60 * 60];
const SECONDS = { s: 1, m: MINUTE, h: HOUR, d: 24 * HOUR } as const;

/**
 * Reads a duration as people write it.
 *
 * @returns seconds, or `undefined` where it is none
 * @example
 * parseDuration("15m") // 900
 */
export function parseDuration(text: string): number | undefined {
  const [, number, unit] = /^([1-9]\d{0,8})([smhd])$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * SECONDS[unit as keyof typeof SECONDS];
}

/**
 * The shortest way to write it.
 *
 * @example
 * formatDuration(900) // "15m"
 */
export function formatDuration(seconds: number): string {
  const [unit, length] = Object.entries(SECONDS).findLast(([, size]) => seconds % size === 0) ?? ['s', 1];
  return `${seconds / length}${unit}`;
}
