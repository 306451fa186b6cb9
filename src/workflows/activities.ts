import type { CountedDeadline, DeadlineTimes, Graph } from '../graph';
import type { CarriedState, Decision, IntentInput, LoadedGraph, ParsedIntentInput } from '../intent';

/**
 * What the workflow asks of the world, implemented in src/activities. Declared here, so that workflow code never
 * sees Node's types.
 */
export interface IntentActivities {
  /** Creates the intent's row and its first audit row, or returns what was stored before. */
  createIntent: (request: CreateIntentRequest) => Promise<CreatedIntent>;
  /** What Postgres has of an intent that has ended, or why it can't be reopened. */
  takeUpIntent: (request: TakeUpRequest) => Promise<TakenUpIntent | { problem: string }>;
  /** Stores decisions in their order, each once, however often it is asked. */
  recordOutcomes: (request: RecordOutcomesRequest) => Promise<RecordedTransition[]>;
  /** Counts the times of a deadline by what the worker knows of its time zone. */
  countDeadline: (request: CountDeadlineRequest) => Promise<DeadlineTimes>;
  /** Which of these intents have ended, and in which state. */
  readEndedIntents: (request: ReadEndedIntentsRequest) => Promise<EndedIntent[]>;
  /** A version of a graph as it is registered, or why there is none. */
  loadGraph: (request: LoadGraphRequest) => Promise<LoadedGraph>;
}

/** What operations ask of the world, on their own task queue. */
export interface OperationsActivities {
  /** Runs `intent verify --fast`, goes on where an earlier attempt was, and records the result, once a run. */
  verifyIntents: () => Promise<VerificationResult>;
  /** Records that the run came to no result, and why; changes nothing where it has one. */
  recordFailedVerification: (failed: FailedVerification) => Promise<void>;
  /** Hands events on to the lanes of their webhooks, for as long as one run of the workflow is to last. */
  dispatchWebhooks: (request: DispatchWebhooksRequest) => Promise<void>;
  /** Sends an event to a webhook once. */
  deliverWebhook: (request: DeliverWebhookRequest) => Promise<DeliveredWebhook>;
  /** Keeps an event that no attempt could deliver. */
  recordDeadLetter: (request: DeadLetterRequest) => Promise<void>;
  /** Sends a webhook a message that tells nothing. */
  testWebhook: (request: TestWebhookRequest) => Promise<TestedWebhook>;
}

/** Nothing of it has to be said. */
export interface DispatchWebhooksRequest {
  /** Pauses between attempts to deliver, in milliseconds; default: those of Standard Webhooks. */
  retryMs?: number[];
}

/** Names an event of an intent: a transition by its sequence, or a vote by its number. */
interface WebhookEvent {
  kind: 'transition' | 'vote';
  row: number;
  /** Among the organization's events, when it was handed on. */
  position: number;
}

/** What a lane is asked to deliver. */
export interface LaneItem extends WebhookEvent {
  /** Counts how often the webhook was set back; what was delivered in the same round is not delivered again. */
  round: number;
  /** A dead letter that is delivered once more, whatever was delivered. */
  again?: boolean;
}

/** Ids only: what is sent, and what it is signed with, the activity reads by itself, so that no history has them. */
export interface DeliverWebhookRequest extends WebhookEvent {
  webhookId: string;
  intentId: string;
  /** Pauses between attempts, in milliseconds. */
  retryMs: number[];
}

export interface DeliveredWebhook {
  /** `disabled`: the webhook is told of nothing more; `missing`: there is no such event. */
  result: 'delivered' | 'disabled' | 'missing';
  /** HTTP status */
  status?: number;
}

/** In the details of the failure of an attempt. */
export interface FailedAttempt {
  attempt: number;
  /** HTTP status; `null` where there was no answer. */
  status: number | null;
  error: string;
  response: string | null;
}

export interface DeadLetterRequest extends WebhookEvent {
  webhookId: string;
  organizationId: string;
  intentId: string;
  attempts: number;
  status: number | null;
  error: string;
  response: string | null;
  /** ISO 8601, UTC */
  firstAttemptedAt: string;
  lastAttemptedAt: string;
}

export interface TestWebhookRequest {
  webhookId: string;
}

export interface TestedWebhook {
  delivered: boolean;
  /** HTTP status; `null` where there was no answer. */
  status: number | null;
  /** Why it does not count as delivered. */
  problem: string | null;
  /** How the body of the answer begins. */
  response: string | null;
}

export interface FailedVerification {
  /** ISO 8601, UTC */
  startedAt: string;
  failure: string;
}

/** The row of `intent_verifications` in short. */
export interface VerificationResult {
  clean: boolean;
  intents: number;
  witnessed: number;
  forgotten: number;
  filed: number;
  unchecked: number;
  /** Number by code. */
  findings: Readonly<Record<string, number>>;
}

export interface CreateIntentRequest extends Omit<ParsedIntentInput, 'occurredAt' | 'generation'> {
  id: string;
  /** First run of the workflow. */
  runId: string;
  /** ISO 8601, UTC */
  transitionedAt: string;
  /** Workflow that started it as its child. */
  parentId?: string;
}

export interface CreatedIntent {
  graph: Graph;
  /** ISO 8601, UTC */
  transitionedAt: string;
  hash: string;
  /** Not given by versions before it was introduced. */
  personalSalt?: string | null;
  /** As the first audit row keeps it. Not given by versions before rows kept it. */
  graphVersion?: number;
}

export interface TakeUpRequest {
  id: string;
  /** Whoever reopens an intent says whose it is. */
  organizationId: string;
}

export interface TakenUpIntent {
  /** As of an intent that is created, with what it is now. */
  input: IntentInput;
  intent: CarriedState;
  /** Of its last audit row. */
  auditHash: string;
  personalSalt: string | null;
}

export interface RecordOutcomesRequest {
  id: string;
  organizationId: string;
  decisions: Decision[];
  /** Traces that requests belong to, as W3C's `traceparent`, by request id. */
  traces?: Record<string, string>;
}

export interface RecordedTransition {
  sequence: number;
  /** ISO 8601, UTC */
  transitionedAt: string;
  hash: string;
  /** As the row keeps it. Not given by versions before rows kept it. */
  graphVersion?: number;
}

export interface CountDeadlineRequest {
  rule: CountedDeadline;
  /** When the clock starts, ISO 8601, UTC. */
  from: string;
  /** Of a rule with an absolute time, ISO 8601, UTC. */
  dueAt?: string;
}

interface ReadEndedIntentsRequest {
  organizationId: string;
  ids: string[];
}

export interface LoadGraphRequest {
  /** `name@version` */
  graph: string;
}

interface EndedIntent {
  id: string;
  state: string;
}

/** Types of the failures that no repetition can mend, as they appear in Temporal. */
export const FAILURE_TYPES = {
  /** Postgres refused the rows as contradictory: the intent is quarantined. */
  outcomeRefused: 'OUTCOME_REFUSED',
  alreadyExists: 'ALREADY_EXISTS',
  graphNotRegistered: 'GRAPH_NOT_REGISTERED',
  invalidInput: 'INVALID_INPUT',
  /** There is nothing to reopen: no such intent, one that goes on, or whose rows are in the archive or erased. */
  notReopened: 'NOT_REOPENED',
  /** Answer of `awaitOutcome` when the run ends before the outcome: ask again. */
  outcomePending: 'OUTCOME_PENDING',
  /** Answer of a query that comes before the creation is recorded: ask again. */
  notCreatedYet: 'NOT_CREATED_YET',
  /** A receiver did not take a message: it is tried again. */
  notDelivered: 'NOT_DELIVERED',
} as const;
