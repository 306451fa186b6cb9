import type { Decision } from '../intent';
import {
  differingRejections,
  differingTransitions,
  differingVotes,
  type StoredIntent,
} from './compare-trail';
import type { Finding, FindingCode } from './findings';
import type { WitnessedIntent } from './replay-intent';
import { votesInOrder } from './votes-in-order';

/** How an intent is taken back to its last good row and brought forward again as Temporal knows it. */
export interface RepairPlan {
  /** Sequence of the last row that was looked at; with other rows in the meantime, the plan does not hold. */
  lookedUpTo: number;
  /** Sequence of the last row that stays; 0 when none does. */
  keep: number;
  /** Numbers of the rejections that are replaced. */
  replacedRejections: number[] | 'all';
  /** The same of the votes. */
  replacedVotes: number[] | 'all';
  /** What is inserted, in its order. */
  decisions: Decision[];
  /** Hashes that the audit rows must get, by sequence. */
  hashes: ReadonlyMap<number, string>;
}

/** What a repair can mend. With anything else among the findings, somebody has to look first. */
const REPAIRABLE: ReadonlySet<FindingCode> = new Set([
  'ROW_ALTERED',
  'SEQUENCE_GAP',
  'STATES_DISCONNECTED',
  'NO_SUCH_EDGE',
  'ORGANIZATION_DIFFERS',
  'TRAIL_MISSING',
  'MIRROR_DIFFERS',
  'REJECTION_GAP',
  'VOTE_GAP',
  'VOTES_MISSING',
  'ORPHANED_ROW',
  'TEMPORAL_AHEAD',
  'WITNESS_DIFFERS',
  'INTENT_ALTERED',
]);

/** The first finding that no repair mends, `undefined` where there is none. */
export function beyondRepair(findings: readonly Finding[]): Finding | undefined {
  return findings.find(({ code }) => !REPAIRABLE.has(code));
}

/** Findings whose sequence is that of an audit row from which on nothing may stay. */
const OF_A_ROW: ReadonlySet<FindingCode> = new Set([
  'ROW_ALTERED',
  'SEQUENCE_GAP',
  'STATES_DISCONNECTED',
  'NO_SUCH_EDGE',
]);

/**
 * Plans a repair: everything behind the last row that is sound and that Temporal confirms is replaced. Pure.
 *
 * @param findings all that was found about the intent, in SQL and against Temporal
 * @returns `undefined` where Temporal has deleted the runs that knew the rows
 */
export function planRepair(
  stored: StoredIntent | undefined,
  witnessed: WitnessedIntent,
  findings: readonly Finding[],
): RepairPlan | undefined {
  const { transitions, rejections, votes } = witnessed;
  const beginning = (transitions[0]?.sequence ?? (witnessed.continued?.recordedSequence ?? 0) + 1) - 1;
  const last = transitions.at(-1)?.sequence ?? beginning;
  const unsound = [
    last + 1,
    ...(stored === undefined ? [1] : differingTransitions(stored, witnessed)),
    ...findings.flatMap(({ code, sequence }) =>
      OF_A_ROW.has(code) && sequence !== undefined ? [sequence] : [],
    ),
  ];
  const keep = Math.min(...unsound) - 1;
  // What Temporal has deleted can't be made again, nor an intent without its creation.
  if (keep < beginning || (stored === undefined && witnessed.created === undefined)) return undefined;
  if (keep > 0 && stored?.audit.find(({ sequence }) => sequence === keep) === undefined) return undefined;

  const anew = stored === undefined || belongsElsewhere(stored, witnessed, findings);
  const replacedRejections = anew ? 'all' : differingRejections(stored, witnessed);
  const replacedVotes = anew ? 'all' : differingVotes(stored, witnessed);
  // Those that Temporal has deleted can't be made again.
  if (anew && [rejections, votes].some(([first]) => first !== undefined && first.number !== 1))
    return undefined;
  const kept = keptNumbers(stored?.rejections, replacedRejections);
  const keptVotes = keptNumbers(stored?.votes, replacedVotes);
  const replaced = transitions.filter(({ sequence }) => sequence > keep);
  return {
    lookedUpTo: stored?.audit.at(-1)?.sequence ?? 0,
    keep,
    replacedRejections,
    replacedVotes,
    decisions: [
      // First, since an id can be applied after it was rejected, and never the other way round.
      ...rejections.filter(({ number }) => !kept.has(number)),
      ...votesInOrder(
        replaced.map(({ hash: _hash, ...decision }) => decision),
        votes.filter(({ number }) => !keptVotes.has(number)),
      ),
    ],
    hashes: new Map(replaced.map(({ sequence, hash }) => [sequence, hash])),
  };
}

function keptNumbers(
  rows: readonly { number: number }[] | undefined,
  replaced: readonly number[] | 'all',
): Set<number> {
  if (replaced === 'all') return new Set();
  return new Set(rows?.map(({ number }) => number).filter((number) => !replaced.includes(number)));
}

/** Then no rejection and no vote may stay: each names the organization of its intent. */
function belongsElsewhere(
  { intent }: StoredIntent,
  { created }: WitnessedIntent,
  findings: readonly Finding[],
): boolean {
  const other = created !== undefined && created.details.organizationId !== intent.organizationId;
  return other || findings.some(({ code }) => code === 'ORGANIZATION_DIFFERS');
}
