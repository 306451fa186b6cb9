import type { AuditRow, IntentDescription, Metadata, MoveOutcome, Outcome } from '../intent';

/** What a new intent is. Whose it is, and who created it, the identity says. */
export interface NewIntent {
  /** `name@version`, or `name` for its newest version; default `content-intent`. */
  graph?: string | undefined;
  /** A name for people. */
  title?: string | undefined;
  metadata?: Metadata | undefined;
  /** For imports: when it really came to be, ISO 8601 with an offset. */
  occurredAt?: string | undefined;
  /** The caller's own key, unique in the organization: creating twice with one key is creating once. */
  idempotencyKey?: string | undefined;
}

/** What every request may say. Who asks, the identity says. */
export interface MoveRequest {
  /** Made up when left out. The same id sent again changes nothing. */
  requestId?: string | undefined;
  /** Reject it unless the intent is in this state. */
  expectedState?: string | undefined;
  /** Reject it unless this is the sequence of the intent's last audit row. */
  expectedSequence?: number | undefined;
  reason?: string | undefined;
  metadata?: Metadata | undefined;
}

/** A request to move an intent along one edge of its graph. */
export interface TransitionMove extends MoveRequest {
  to: string;
  /** For imports: when it really happened, ISO 8601 with an offset. */
  occurredAt?: string | undefined;
}

/** A vote for an edge. */
export interface ApprovalMove extends TransitionMove {
  role: string;
  /** For whom, where the graph allows it. */
  onBehalfOf?: string | undefined;
}

/** An operator's request. */
export interface ForceMove extends MoveRequest {
  to: string;
  reason: string;
  /** Whether an intent that has ended may be taken up again. */
  reopen?: boolean | undefined;
}

/** A request to follow another version of the intent's graph. */
export interface MigrationMove extends MoveRequest {
  /** `name@version` */
  graph: string;
  /** Where it goes on if that version lacks its state: `{ OLD: 'NEW' }`. */
  map?: Record<string, string> | undefined;
}

export interface WaitOptions {
  /** How long to wait, milliseconds; default 10,000, at most a day. */
  timeoutMs?: number;
}

export interface RequestReceipt {
  requestId: string;
  /** Known at once where the intent has ended: then no workflow takes requests any more. */
  outcome?: Outcome;
}

/** An intent as it was when its state was the wanted one. */
export interface ReachedState {
  id: string;
  organizationId: string;
  state: string;
  sequence: number;
}

/**
 * What an app moves intents with, as one identity: an organization and an actor. `IntentClient.as` gives one that speaks to
 * Temporal and Postgres, `HttpIntentClient` is one that speaks to the HTTP API; an app that is written against this can take
 * either. Each method is described at `IntentClient`.
 */
export interface Intents {
  create(request?: NewIntent): Promise<{ id: string; created: boolean }>;
  requestTransition(intentId: string, request: TransitionMove): Promise<RequestReceipt>;
  transition(intentId: string, request: TransitionMove, wait?: WaitOptions): Promise<MoveOutcome>;
  cancel(intentId: string, request?: MoveRequest, wait?: WaitOptions): Promise<MoveOutcome>;
  pause(intentId: string, request?: MoveRequest, wait?: WaitOptions): Promise<MoveOutcome>;
  resume(intentId: string, request?: MoveRequest, wait?: WaitOptions): Promise<MoveOutcome>;
  force(intentId: string, request: ForceMove, wait?: WaitOptions): Promise<MoveOutcome>;
  approve(intentId: string, request: ApprovalMove, wait?: WaitOptions): Promise<Outcome>;
  migrate(intentId: string, request: MigrationMove, wait?: WaitOptions): Promise<MoveOutcome>;
  outcome(intentId: string, requestId: string): Promise<Outcome | undefined>;
  describe(intentId: string, wait?: WaitOptions): Promise<IntentDescription>;
  history(intentId: string): Promise<AuditRow[]>;
  waitForState(
    intentId: string,
    state: string | ((state: string) => boolean),
    wait?: WaitOptions,
  ): Promise<ReachedState>;
  close(): Promise<void>;
}

/** What both clients give back. */
export type {
  AppliedOutcome,
  AuditRow,
  IntentDescription,
  Metadata,
  MoveOutcome,
  OpenApproval,
  Outcome,
  RejectedOutcome,
  RejectionCode,
  VotedOutcome,
} from '../intent';
