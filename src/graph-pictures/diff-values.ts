import { isObject } from './further-keys';

export interface ValueChange {
  /** Such as `deadlines.REVIEW.after` or `approvals[SUBMITTED → APPROVED].count`. */
  readonly path: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly before?: unknown;
  readonly after?: unknown;
}

/**
 * Every difference of two JSON values, by its path. Objects are compared key by key. Lists of objects are compared by
 * what names their items, so that one more in the middle is one difference; other lists as a whole.
 */
export function diffValues(before: unknown, after: unknown, path = ''): ValueChange[] {
  if (isObject(before) && isObject(after)) {
    return diffEntries(Object.entries(before), Object.entries(after), (key) =>
      path === '' ? key : `${path}.${key}`,
    );
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const [named, nameds] = [namedItems(before), namedItems(after)];
    if (named !== undefined && nameds !== undefined) {
      return diffEntries(named, nameds, (name) => `${path}[${name}]`);
    }
    return sameList(before, after) ? [] : [{ path, change: 'changed', before, after }];
  }
  return Object.is(before, after) ? [] : [{ path, change: 'changed', before, after }];
}

function diffEntries(
  before: readonly [string, unknown][],
  after: readonly [string, unknown][],
  pathOf: (name: string) => string,
): ValueChange[] {
  const [old, now] = [new Map(before), new Map(after)];
  const names = [...new Set([...old.keys(), ...now.keys()])];
  return names.flatMap((name): ValueChange[] => {
    const path = pathOf(name);
    if (!now.has(name)) return [{ path, change: 'removed', before: old.get(name) }];
    if (!old.has(name)) return [{ path, change: 'added', after: now.get(name) }];
    return diffValues(old.get(name), now.get(name), path);
  });
}

function sameList(before: readonly unknown[], after: readonly unknown[]): boolean {
  return (
    before.length === after.length &&
    before.every((item, index) => diffValues(item, after[index]).length === 0)
  );
}

/** The items with their names; `undefined` when they have none, or two the same. */
function namedItems(items: readonly unknown[]): [string, unknown][] | undefined {
  const named = items.map((item): [string | undefined, unknown] => [nameOf(item), item]);
  const names = new Set(named.map(([name]) => name));
  if (names.has(undefined) || names.size < items.length) return undefined;
  return named as [string, unknown][];
}

/** By which an item of a graph's lists is told from the others: a guard's name, an approval's edge, a reminder's time. */
function nameOf(item: unknown): string | undefined {
  if (!isObject(item)) return undefined;
  const { name, from, to, before } = item;
  if (typeof name === 'string') return name;
  if (typeof from === 'string' && typeof to === 'string') return `${from} → ${to}`;
  return typeof before === 'string' ? before : undefined;
}
