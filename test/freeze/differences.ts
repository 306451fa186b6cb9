import { canonicalJson } from '../../src/database/canonical-json';

export interface Difference {
  /** `steps[0].label` */
  readonly path: string;
  /** `"A" → "B"`, `gone, was 1`, `new, 1` */
  readonly what: string;
  /** An object has a field more, and that is all. */
  readonly addition: boolean;
}

/**
 * Where two JSON values differ. Lists of texts are compared by what they lost and gained, which says more than that all
 * places have moved by one.
 *
 * @example
 * differences({ a: 1, b: ['x'] }, { a: 2, b: ['x', 'y'] })
 * // [{ path: 'a', what: '1 → 2', … }, { path: 'b', what: 'gained "y"', … }]
 */
export function differences(before: unknown, after: unknown, path = ''): Difference[] {
  if (canonicalJson(before) === canonicalJson(after)) return [];
  if (isTexts(before) && isTexts(after))
    return [{ path, what: listDifference(before, after), addition: false }];
  if (isComposite(before) && isComposite(after) && Array.isArray(before) === Array.isArray(after)) {
    const inList = Array.isArray(before);
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => {
      const place = inList ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`;
      if (!(name in after))
        return [{ path: place, what: `gone, was ${shown(before[name])}`, addition: false }];
      if (!(name in before)) return [{ path: place, what: `new, ${shown(after[name])}`, addition: !inList }];
      return differences(before[name], after[name], place);
    });
  }
  return [{ path, what: `${shown(before)} → ${shown(after)}`, addition: false }];
}

const MOST = 5;

/** The first few, on one line. */
export function formatDifferences(found: readonly Difference[]): string {
  const lines = found.slice(0, MOST).map(({ path, what }) => (path === '' ? what : `${path}: ${what}`));
  if (found.length > MOST) lines.push(`and ${found.length - MOST} more`);
  return lines.join('; ');
}

function listDifference(before: readonly string[], after: readonly string[]): string {
  const quoted = (texts: readonly string[]) => texts.map((text) => JSON.stringify(text)).join(', ');
  const lost = before.filter((text) => !after.includes(text));
  const gained = after.filter((text) => !before.includes(text));
  const parts = [
    ...(lost.length > 0 ? [`lost ${quoted(lost)}`] : []),
    ...(gained.length > 0 ? [`gained ${quoted(gained)}`] : []),
  ];
  return parts.join(', ') || `another order, ${quoted(after)}`;
}

const LONGEST = 120;

function shown(value: unknown): string {
  const text = canonicalJson(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isComposite(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
