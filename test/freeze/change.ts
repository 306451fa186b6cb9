/**
 * - `incompatible`: somebody who relies on what was frozen would fail: a running intent, an app, a database
 * - `not-frozen`: harms nobody, but what is frozen does not show it yet
 */
export type Verdict = 'incompatible' | 'not-frozen';

/** One difference between what is frozen and what the code is now. */
export interface Change {
  readonly verdict: Verdict;
  /** `graph content-intent@1`, `migration 000002_rules`, `signal requestTransition`, `history walk.v1` */
  readonly subject: string;
  readonly what: string;
  readonly fix: string;
  /** No frozen file could be rewritten to accept it. */
  readonly final?: true;
}

export function notFrozen(subject: string, what: string): Change {
  const fix = 'Note it with `npm run freeze`, and commit the files.';
  return { verdict: 'not-frozen', subject, what, fix };
}

export function incompatible(subject: string, what: string, fix: string): Change {
  return { verdict: 'incompatible', subject, what, fix };
}
