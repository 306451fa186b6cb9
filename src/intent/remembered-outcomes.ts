import type { DecidedTransition, Decision } from './decision';
import { LIMITS } from './limits';
import type { AppliedOutcome, Outcome, RejectedOutcome, VotedOutcome } from './outcome';
import { jsonBytes } from './text';

/** `[requestId, newState, transitionedAt in ms]`, in the order of their sequence from 1. */
type CarriedTransition = [requestId: string, newState: string, transitionedAt: number];

/** What moved nothing; its number is that among the rejections, or among the votes. */
export type RememberedRejection = (RejectedOutcome | VotedOutcome) & { number: number };

/** The memory as plain JSON, which continue-as-new carries. A Map would arrive as `{}`. */
export interface CarriedOutcomes {
  transitions: CarriedTransition[];
  /** Votes that moved nothing too, in the order in which they were decided. */
  rejections: RememberedRejection[];
}

/**
 * What became of each request id: applied ones for the intent's whole life, rejected ones and votes in a bounded window.
 * This is what makes a repeated request harmless.
 */
export class RememberedOutcomes {
  private readonly transitions: CarriedTransition[] = [];
  private readonly sequences = new Map<string, number>();
  /** A Map keeps the order of insertion, so its first key is the oldest. */
  private readonly rejections = new Map<string, RememberedRejection>();
  private transitionsBytes = 0;
  private rejectionsBytes = 0;

  static fromCarried(carried: CarriedOutcomes): RememberedOutcomes {
    const remembered = new RememberedOutcomes();
    for (const transition of carried.transitions) remembered.addTransition(transition);
    for (const rejection of carried.rejections) remembered.addRejection(rejection);
    return remembered;
  }

  has(requestId: string): boolean {
    return this.sequences.has(requestId) || this.rejections.has(requestId);
  }

  /** Whether the transitions take up all that continue-as-new can carry. */
  get full(): boolean {
    return this.transitionsBytes >= LIMITS.rememberedTransitionsBytes;
  }

  /** About what the applied part of {@link toCarried} takes, as compact JSON. */
  get carriedBytes(): number {
    return this.transitionsBytes;
  }

  add(decision: Decision): void {
    if (decision.status === 'applied') {
      this.addTransition([decision.requestId, decision.newState, Date.parse(decision.transitionedAt)]);
    } else if (decision.status === 'rejected') {
      const { status, requestId, code, message, state, number } = decision;
      this.addRejection({ status, requestId, code, message, state, number });
    } else if (decision.vote.kind === 'cast') {
      const { requestId, number, toState: to, fromState: state, votes, needed } = decision.vote;
      this.addRejection({ status: 'voted', requestId, to, votes, needed, state, number });
    }
  }

  /** Takes over the time that Postgres stored. */
  adoptTime({ sequence, transitionedAt }: Pick<DecidedTransition, 'sequence' | 'transitionedAt'>): void {
    const transition = this.transitions[sequence - 1];
    if (transition !== undefined) transition[2] = Date.parse(transitionedAt);
  }

  /**
   * The outcome of `requestId`, or `undefined` when it is unknown, forgotten or not yet in Postgres: what is
   * visible must be durable.
   */
  find(
    requestId: string,
    recorded: { sequence: number; rejections: number; votes?: number },
  ): Outcome | undefined {
    const sequence = this.sequences.get(requestId);
    if (sequence !== undefined) return sequence <= recorded.sequence ? this.transition(sequence) : undefined;
    const rejection = this.rejections.get(requestId);
    if (rejection === undefined) return undefined;
    const { number, ...outcome } = rejection;
    const known = outcome.status === 'voted' ? (recorded.votes ?? 0) : recorded.rejections;
    return number <= known ? outcome : undefined;
  }

  /** The last `count` transitions, oldest first. */
  last(count: number): AppliedOutcome[] {
    const first = Math.max(1, this.transitions.length - count + 1);
    return Array.from({ length: this.transitions.length - first + 1 }, (_, index) =>
      this.transition(first + index),
    );
  }

  toCarried(): CarriedOutcomes {
    return { transitions: this.transitions, rejections: [...this.rejections.values()] };
  }

  private transition(sequence: number): AppliedOutcome {
    const [requestId, newState, at] = this.transitions[sequence - 1] as CarriedTransition;
    const previousState = this.transitions[sequence - 2]?.[1] ?? null;
    const transitionedAt = new Date(at).toISOString();
    return { status: 'applied', requestId, sequence, previousState, newState, transitionedAt };
  }

  private addTransition(transition: CarriedTransition): void {
    this.transitions.push(transition);
    this.sequences.set(transition[0], this.transitions.length);
    this.transitionsBytes += jsonBytes(transition) + 1;
  }

  private addRejection(rejection: RememberedRejection): void {
    this.rejections.set(rejection.requestId, rejection);
    this.rejectionsBytes += jsonBytes(rejection) + 1;
    for (const [oldest, forgotten] of this.rejections) {
      if (
        this.rejections.size <= LIMITS.rememberedRejections &&
        this.rejectionsBytes <= LIMITS.rememberedRejectionsBytes
      ) {
        return;
      }
      this.rejections.delete(oldest);
      this.rejectionsBytes -= jsonBytes(forgotten) + 1;
    }
  }
}
