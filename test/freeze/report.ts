import type { Change, Verdict } from './change';

export const EXIT = {
  /** All that is frozen holds, and all is frozen. */
  holds: 0,
  incompatible: 1,
  /** The check itself failed, or the command was wrong. */
  notChecked: 2,
  /** Nothing incompatible, but `npm run freeze` has something to note. */
  notFrozen: 3,
} as const;

export function exitCodeFor(changes: readonly Change[]): number {
  const has = (verdict: Verdict) => changes.some((change) => change.verdict === verdict);
  if (has('incompatible')) return EXIT.incompatible;
  return has('not-frozen') ? EXIT.notFrozen : EXIT.holds;
}

/** For people: each change with what to do about it. */
export function formatChanges(changes: readonly Change[]): string {
  return changes
    .map(({ verdict, subject, what, fix }) => {
      const title = verdict === 'incompatible' ? 'INCOMPATIBLE' : 'NOT FROZEN';
      return `${title}  ${subject} ${what}\n    ${fix}`;
    })
    .join('\n');
}

/** How to go on, when a change was meant. */
export const ACCEPT_HINT =
  'If a change is meant, and nobody has the old form yet, as before the first release: npm run freeze -- --accept';
