import {
  ActivityFailure,
  ApplicationFailure,
  condition,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';

import {
  jsonBytes,
  LIMITS,
  type DecidedRejection,
  type DecidedTransition,
  type Decision,
  type Intent,
  type Vote,
} from '../intent';
import type { IntentActivities, RecordedTransition } from './activities';
import { auditSink, type WitnessedTransition } from './audit-sink';
import { WORKFLOW_LIMITS } from './limits';
import { noteRecorded } from './metrics';
import { takeTrace } from './traces';

/** How far Postgres is known to have followed. */
export interface Recorded {
  recordedSequence: number;
  recordedRejections: number;
  /** Left out by versions before there were votes. */
  recordedVotes?: number;
  /** Hash of the last recorded audit row: makes Temporal a witness of the chain in Postgres. */
  auditHash: string | null;
  /** Why Postgres refused a row, or `null`. */
  quarantined: string | null;
  /** Goes into the digests of what rows say about people: with it rows can be restored, and compared once erased. */
  personalSalt?: string | null;
}

/**
 * Whether a decision follows from signals alone. Signals are in history, in order, and more can only come after;
 * so a second try of the same workflow task reaches the same decision, and a local activity may record it before
 * the task is completed. Anything else must be committed to Temporal first.
 */
export type Cause = 'signals' | 'other';

interface Unrecorded {
  decision: Decision;
  cause: Cause;
  bytes: number;
  /** Of this run: what was carried over is as old as the run. */
  since: number;
  /** The trace of its request, where it has one. */
  trace: string | undefined;
}

const LOCAL = {
  scheduleToCloseTimeout: WORKFLOW_LIMITS.localActivityMs,
  startToCloseTimeout: WORKFLOW_LIMITS.localActivityMs,
  retry: {
    initialInterval: WORKFLOW_LIMITS.localRetryMs,
    maximumAttempts: WORKFLOW_LIMITS.localActivityAttempts,
  },
} as const;

const REGULAR = {
  startToCloseTimeout: WORKFLOW_LIMITS.regularActivityMs,
  retry: {
    initialInterval: WORKFLOW_LIMITS.regularRetryMs,
    backoffCoefficient: WORKFLOW_LIMITS.regularRetryGrowth,
    maximumInterval: WORKFLOW_LIMITS.longestRegularRetryMs,
  },
} as const;

/**
 * Runs an activity locally where `local` allows it, and else, or when that fails, as a regular one.
 *
 * @param fallback told when the regular one begins; returns what to wait for in its place
 */
export async function localFirst<T, U = T>(
  summary: string,
  local: boolean,
  call: (activities: IntentActivities) => Promise<T>,
  fallback: (regular: Promise<T>) => Promise<T | U> = (regular) => regular,
): Promise<T | U> {
  if (local) {
    try {
      return await call(proxyLocalActivities<IntentActivities>({ ...LOCAL, summary }));
    } catch (error) {
      if (permanentFailure(error) !== undefined) throw error;
    }
  }
  return fallback(call(regularActivities(summary)));
}

/** Activities whose scheduling is committed to Temporal before they run, and which are tried until they succeed. */
export function regularActivities(summary: string): ReturnType<typeof proxyActivities<IntentActivities>> {
  return proxyActivities<IntentActivities>({ ...REGULAR, summary });
}

/** Waits for a promise, or until `interrupted`: then `undefined`, and what the promise becomes is ignored. */
async function untilInterrupted<T>(promise: Promise<T>, interrupted: () => boolean): Promise<T | undefined> {
  let settled = false;
  const done = promise.finally(() => (settled = true));
  // The condition ends with the promise: one that never holds would be evaluated for the rest of the run.
  await condition(() => settled || interrupted());
  if (settled) return done;
  done.catch(() => undefined);
  return undefined;
}

/** The failure that no repetition can mend, when `error` is an activity's and has one. */
export function permanentFailure(error: unknown): ApplicationFailure | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  return cause instanceof ApplicationFailure && cause.nonRetryable === true ? cause : undefined;
}

/** Takes decisions to Postgres, in order and in batches. */
export class Recorder {
  private readonly queue: Unrecorded[] = [];
  /** Transitions and votes that Postgres refuses, and those decided on top of them: kept for the operator who looks. */
  private readonly refused: Unrecorded[] = [];
  private unrecordedBytes = 0;
  /** Postgres did not answer a local activity, and no regular one has succeeded since. */
  private unanswered = false;

  constructor(
    private readonly intent: Intent,
    private readonly recorded: Recorded,
  ) {}

  add(decision: Decision, cause: Cause): void {
    const bytes = jsonBytes(decision);
    this.unrecordedBytes += bytes;
    const trace = takeTrace(decision.requestId);
    const hold = this.recorded.quarantined !== null && decision.status !== 'rejected';
    (hold ? this.refused : this.queue).push({ decision, cause, bytes, since: Date.now(), trace });
  }

  get pending(): boolean {
    return this.queue.length > 0;
  }

  get allRecorded(): boolean {
    return this.queue.length === 0 && this.refused.length === 0;
  }

  /** Decisions that the next run has to record, or `undefined` when they are too much to carry. */
  get carriable(): Decision[] | undefined {
    // Refusals that pile up behind the backlog limit are small but not bounded, so they count as well.
    if (this.unrecordedBytes > WORKFLOW_LIMITS.carriedBytes) return undefined;
    return [...this.refused, ...this.queue].map(({ decision }) => decision);
  }

  /** Why requests can't be taken right now, or nothing. */
  get refusal(): { code: 'QUARANTINED' | 'LIMIT_REACHED'; message: string } | undefined {
    if (this.recorded.quarantined !== null) {
      return {
        code: 'QUARANTINED',
        message: 'Postgres refused an audit row of this intent; an operator must look.',
      };
    }
    // While Postgres answers, any number of requests may wait for its turn: each is decided by signals alone.
    if (
      this.unanswered &&
      (this.queue.length >= LIMITS.unrecordedOutcomes || this.unrecordedBytes >= LIMITS.unrecordedBytes)
    ) {
      return {
        code: 'LIMIT_REACHED',
        message: `Postgres does not answer, and ${this.queue.length} outcomes wait for it; try again later.`,
      };
    }
    return undefined;
  }

  /**
   * Records the oldest decisions. Returns when they are stored or refused, or earlier, with nothing recorded,
   * when `interrupted` while Postgres does not answer: recording them again does no harm.
   */
  async recordNext(interrupted: () => boolean): Promise<void> {
    const batch = this.nextBatch();
    const decisions = batch.map(({ decision }) => decision);
    const { id, organizationId } = this.intent;
    try {
      const stored = await localFirst(
        summarize(decisions),
        batch.every(({ cause }) => cause === 'signals'),
        (activities) => activities.recordOutcomes({ id, organizationId, decisions, ...tracesOf(batch) }),
        (recording) => {
          this.unanswered = true;
          return untilInterrupted(recording, interrupted);
        },
      );
      if (stored === undefined) return;
      this.unanswered = false;
      this.adopt(batch, stored);
    } catch (error) {
      const failure = permanentFailure(error);
      if (failure === undefined) throw error;
      this.unanswered = false;
      this.quarantine(failure.message, batch);
    }
  }

  /** As many of the oldest as one activity may take, and at least one. */
  private nextBatch(): Unrecorded[] {
    let bytes = 0;
    const tooMuch = this.queue.findIndex(
      (item, index) => (bytes += item.bytes) > LIMITS.batchBytes && index > 0,
    );
    const fitting = tooMuch === -1 ? this.queue.length : tooMuch;
    return this.queue.slice(0, Math.min(fitting, LIMITS.batchSize));
  }

  private adopt(batch: readonly Unrecorded[], stored: readonly RecordedTransition[]): void {
    this.queue.splice(0, batch.length);
    const bySequence = new Map(stored.map((transition) => [transition.sequence, transition]));
    const transitions: WitnessedTransition[] = [];
    const rejections: DecidedRejection[] = [];
    const votes: Vote[] = [];
    for (const { decision, bytes, since } of batch) {
      this.unrecordedBytes -= bytes;
      noteRecorded(since);
      if (decision.status === 'applied') {
        this.recorded.recordedSequence = decision.sequence;
        transitions.push(witnessed(decision, bySequence.get(decision.sequence)));
      } else if (decision.status === 'rejected') {
        this.recorded.recordedRejections = decision.number;
        rejections.push(decision);
      }
      const vote = decision.status === 'rejected' ? undefined : decision.vote;
      if (vote !== undefined) {
        this.recorded.recordedVotes = vote.number;
        votes.push(vote);
      }
    }
    auditSink().recorded(transitions, rejections, ...(votes.length > 0 ? [votes] : []));
    for (const transition of stored) this.intent.outcomes.adoptTime(transition);
    this.recorded.auditHash = stored.at(-1)?.hash ?? this.recorded.auditHash;
  }

  /** Sets what is refused aside, and what stands on it. Rejections stand on nothing: each still has its answer. */
  private quarantine(reason: string, batch: readonly Unrecorded[]): void {
    this.recorded.quarantined ??= reason;
    const refused = batch.some(({ decision }) => decision.status !== 'rejected')
      ? this.queue.filter(({ decision }) => decision.status !== 'rejected')
      : batch;
    this.refused.push(...refused);
    const kept = this.queue.filter((item) => !refused.includes(item));
    this.queue.splice(0, this.queue.length, ...kept);
  }
}

/** Nothing where nobody traces, so that it costs nothing. */
function tracesOf(batch: readonly Unrecorded[]): { traces?: Record<string, string> } {
  const traced = batch.flatMap(({ decision, trace }) =>
    trace === undefined ? [] : [[decision.requestId, trace] as const],
  );
  return traced.length > 0 ? { traces: Object.fromEntries(traced) } : {};
}

/** The row as Postgres has it: the time and the hash, and whether it keeps the graph version. */
function witnessed(
  { graphVersion: _decided, vote: _vote, ...decision }: DecidedTransition,
  stored: RecordedTransition | undefined,
): WitnessedTransition {
  const { transitionedAt = decision.transitionedAt, hash = '', graphVersion } = stored ?? {};
  return { ...decision, transitionedAt, hash, ...(graphVersion !== undefined && { graphVersion }) };
}

/** One line for the Web UI: `CREATED → ICP_PENDING`, `CREATED → ICP_PENDING, 99 rejected`, `1 vote`. */
function summarize(decisions: readonly Decision[]): string {
  const parts: string[] = [];
  const applied = decisions.filter((decision) => decision.status === 'applied');
  const first = applied[0];
  const last = applied.at(-1);
  if (first !== undefined && last !== undefined) {
    const between = applied.length > 2 ? `… ${applied.length - 2} more … → ` : '';
    parts.push(
      applied.length === 1
        ? `${first.previousState} → ${first.newState}`
        : `${first.previousState} → ${first.newState} → ${between}${last.newState}`,
    );
  }
  const votes = decisions.filter(({ status }) => status === 'voted').length;
  if (votes > 0) parts.push(votes === 1 ? '1 vote' : `${votes} votes`);
  const rejected = decisions.length - applied.length - votes;
  if (rejected > 0) parts.push(`${rejected} rejected`);
  return parts.join(', ');
}
