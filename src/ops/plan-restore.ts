import type { Decision } from '../intent';
import type { StoredIntent } from './compare-trail';
import type { WitnessedIntent } from './replay-intent';
import { votesInOrder } from './votes-in-order';

/** What of an intent Postgres lacks and Temporal knows. */
export interface RestorePlan {
  /** The intent's own row, too. */
  create: boolean;
  /** In the order in which they are to be inserted. */
  decisions: Decision[];
  /** Hashes that the restored audit rows must get, by sequence. */
  hashes: ReadonlyMap<number, string>;
}

/**
 * Plans what to insert, so that Postgres holds what Temporal witnesses. Pure. Only rows behind the last one can be
 * inserted; `undefined` where there are none.
 */
export function planRestore(
  stored: StoredIntent | undefined,
  { created, transitions, rejections, votes }: WitnessedIntent,
): RestorePlan | undefined {
  const head = stored?.audit.at(-1)?.sequence ?? 0;
  const create = stored === undefined;
  // Without the creation there is nothing to begin with: Temporal has deleted it.
  if (create && created === undefined) return undefined;
  // A row that is missing in between can't be inserted: the rules take the next one only.
  if (stored !== undefined && stored.audit.length !== head) return undefined;
  const missing = transitions.filter(({ sequence }) => sequence > head);
  const first = missing[0];
  if (first !== undefined && first.sequence !== head + 1) return undefined;

  const numbers = new Set(stored?.rejections.map(({ number }) => number));
  const voted = new Set(stored?.votes.map(({ number }) => number));
  const decisions: Decision[] = [
    // First, since an id can be applied after it was rejected, and never the other way round.
    ...rejections.filter(({ number }) => !numbers.has(number)),
    ...votesInOrder(
      missing.filter(({ sequence }) => sequence > 1).map(({ hash: _hash, ...decision }) => decision),
      votes.filter(({ number }) => !voted.has(number)),
    ),
  ];
  if (!create && decisions.length === 0) return undefined;
  return { create, decisions, hashes: new Map(missing.map(({ sequence, hash }) => [sequence, hash])) };
}
