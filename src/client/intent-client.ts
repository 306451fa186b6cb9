import { randomUUID } from 'node:crypto';

import {
  Client,
  Connection,
  QueryNotRegisteredError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type ConnectionLike,
} from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { z } from 'zod';

import { createPool, databaseUrlFromEnvironment } from '../database/pool';
import type { Queryable } from '../database/queryable';
import { readGraph } from '../database/read-graphs';
import { readHistory } from '../database/read-history';
import { readIntents, type IntentRow } from '../database/read-intents';
import { parseGraphReference } from '../graph';
import {
  describeIssues,
  INTENT_WORKFLOW_TYPE,
  intentInputSchema,
  INTENTS_TASK_QUEUE,
  isIntentId,
  isStorableText,
  LIMITS,
  REQUEST_SCHEMAS,
  REQUEST_TRANSITION_SIGNAL,
  type AuditRow,
  type IntentDescription,
  type IntentInput,
  type MoveOutcome,
  type Outcome,
} from '../intent';
import { hasGrpcStatus } from '../temporal/grpc-status';
import { describeRow } from './describe-row';
import { EndedIntents, type AnyRequest } from './ended-intents';
import { IntentError, invalid, noDatabase, notFound, OutcomeTimeoutError } from './errors';
import { IdentifiedIntents, type Identity } from './identified-intents';
import { newIntentId } from './intent-id';
import type { Intents, RequestReceipt, WaitOptions } from './intents';
import { CLIENT_LIMITS } from './limits';
import type { Outcomes } from './outcomes';
import { Poller } from './poller';
import { queryDescription } from './query-description';
import { PostgresOutcomes } from './postgres-outcomes';
import { tracedSignals } from './traced-signals';
import { TemporalOutcomes } from './temporal-outcomes';
import { WaitingCalls } from './waiting-calls';

export interface ConnectOptions {
  /**
   * Postgres that mirrors the intents; default: `DATABASE_URL`. `null` for apps without access to it: outcomes
   * then come from Temporal, and `history` and `waitForState` are not available.
   */
  databaseUrl?: string | null;
  /** An established pool of that Postgres, or what speaks for one organization in it; the caller ends it. */
  database?: Queryable;
  /** An established connection; default: one by Temporal's environment variables and profile file. */
  temporal?: { connection: ConnectionLike; namespace?: string };
  /** Default: `intents` */
  taskQueue?: string;
}

export interface NewIntentRequest extends IntentInput {
  /** The caller's own key, unique in the organization: creating twice with one key is creating once. */
  idempotencyKey?: string | undefined;
}

/** A request to move an intent; `requestId` is made up when left out. */
export type TransitionOptions = RequestOptions<'transition'>;

/** A request to cancel an intent, whatever state it is in. */
export type CancelOptions = RequestOptions<'cancel'>;

/** A request to stop the clocks of an intent's deadlines, or to let them go on. */
export type PauseOptions = RequestOptions<'pause'>;
export type ResumeOptions = RequestOptions<'resume'>;

/** An operator's request. It says who, why, and that the caller has checked that they may: `scope: 'admin'`. */
export type ForceOptions = RequestOptions<'force'>;

/** A vote for an edge. Who sends it vouches for the actor and the role. */
export type ApproveOptions = RequestOptions<'approve'>;
/** A request to follow another version of its graph; `map` says where it goes on if that lacks its state. */
export type MigrateOptions = RequestOptions<'migrate'>;

/** A request of any kind, told apart by `kind`. */
export type AnyRequestOptions = {
  [Kind in keyof typeof REQUEST_SCHEMAS]: { kind: Kind } & RequestOptions<Kind>;
}[keyof typeof REQUEST_SCHEMAS];

type RequestOptions<Kind extends keyof typeof REQUEST_SCHEMAS> = Omit<
  z.input<(typeof REQUEST_SCHEMAS)[Kind]>,
  'requestId' | 'kind'
> & { requestId?: string | undefined };

/**
 * What an app moves intents with. Each request says itself who asks; {@link IntentClient.as} says it once.
 *
 * @example
 * const intents = await IntentClient.connect();
 * const intent = await intents.create({ organizationId, title: 'Spring campaign' });
 * const outcome = await intents.transition(intent.id, { to: 'ICP_PENDING', actor: 'ada' });
 * if (outcome.status === 'rejected') console.log(outcome.code, outcome.message);
 * await intents.close();
 */
export class IntentClient implements Omit<Intents, 'create' | 'force' | 'approve'> {
  private readonly outcomes: Outcomes;
  private readonly states: Poller<string, IntentRow> | undefined;
  /** References that were found registered; a registered version stays. */
  private readonly knownGraphs = new Set<string>();
  private readonly waitingCalls = new WaitingCalls();
  private readonly endedIntents: EndedIntents;

  private constructor(
    private readonly temporal: Client,
    private readonly database: Queryable | undefined,
    private readonly taskQueue: string,
    private readonly closing: ReadonlyArray<() => Promise<void>>,
  ) {
    this.outcomes = database === undefined ? new TemporalOutcomes(temporal) : new PostgresOutcomes(database);
    this.states = database && new Poller((ids) => readIntents(database, ids));
    this.endedIntents = new EndedIntents(temporal, database, this.outcomes, taskQueue);
  }

  /** Connects to Temporal and Postgres. Fails when Temporal does not answer; Postgres is asked when needed. */
  static async connect({
    databaseUrl,
    database,
    temporal,
    taskQueue,
  }: ConnectOptions = {}): Promise<IntentClient> {
    const pool =
      database !== undefined || databaseUrl === null
        ? undefined
        : createPool({
            databaseUrl: databaseUrl ?? databaseUrlFromEnvironment(),
            applicationName: 'intent-client',
          });
    const config = temporal === undefined ? loadClientConnectConfig() : undefined;
    const own = config && (await Connection.connect(config.connectionOptions));
    const namespace = temporal?.namespace ?? config?.namespace ?? 'default';
    const client = new Client({
      connection: (own ?? temporal?.connection) as ConnectionLike,
      namespace,
      interceptors: { workflow: [tracedSignals] },
    });
    const closing = [...(pool ? [() => pool.end()] : []), ...(own ? [() => own.close()] : [])];
    return new IntentClient(client, database ?? pool, taskQueue ?? INTENTS_TASK_QUEUE, closing);
  }

  /**
   * The same client for one identity, which then stands in every request. It vouches for the identity and checks nothing:
   * it finds the intents of other organizations too. Closing it closes this client.
   *
   * @example
   * const ada: Intents = intents.as({ organizationId, actor: 'ada' });
   * const { id } = await ada.create({ title: 'Spring campaign' });
   * await ada.transition(id, { to: 'ICP_PENDING' });
   */
  as(identity: Identity): Intents {
    return new IdentifiedIntents(this, identity);
  }

  /** Ends the connections that `connect` opened. */
  async close(): Promise<void> {
    for (const close of this.closing) await close();
  }

  /**
   * Creates an intent; returns when Temporal has it. With an `idempotencyKey` that was used before, returns the
   * intent of then, and `created` is `false`.
   *
   * @throws IntentError INVALID_ARGUMENT, GRAPH_NOT_REGISTERED
   */
  async create({ idempotencyKey, ...input }: NewIntentRequest): Promise<{ id: string; created: boolean }> {
    const parsed = parse(intentInputSchema, input);
    if (idempotencyKey !== undefined) {
      checkText('idempotencyKey', idempotencyKey, CLIENT_LIMITS.idempotencyKeyLength);
    }
    const id = newIntentId(parsed.organizationId, idempotencyKey);
    // Temporal forgets an intent when its retention has passed; Postgres does not.
    if (idempotencyKey !== undefined && (await this.row(id)) !== undefined) return { id, created: false };
    await this.checkGraph(parsed.graph);

    try {
      await this.inTime(() =>
        this.temporal.workflow.start(INTENT_WORKFLOW_TYPE, {
          taskQueue: this.taskQueue,
          workflowId: id,
          // A workflow that failed created nothing, an unknown graph say; the same key may try again.
          workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
          workflowIdConflictPolicy: 'FAIL',
          staticSummary: parsed.title ?? parsed.graph,
          args: [parsed],
        }),
      );
      return { id, created: true };
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return { id, created: false };
      throw error;
    }
  }

  /**
   * Sends a request; returns when Temporal has it, without waiting for its outcome.
   *
   * @throws IntentError INVALID_ARGUMENT, INTENT_NOT_FOUND, INTENT_NOT_RUNNING
   */
  async requestTransition(intentId: string, options: TransitionOptions): Promise<RequestReceipt> {
    return this.inTime(() => this.send(intentId, withId('transition', options)));
  }

  /**
   * Sends a request of any kind; returns when Temporal has it, without waiting for its outcome.
   *
   * @throws IntentError INVALID_ARGUMENT, INTENT_NOT_FOUND, INTENT_NOT_RUNNING
   *
   * @example
   * const { requestId } = await intents.request(id, { kind: 'cancel', actor: 'ada' });
   */
  async request(intentId: string, request: AnyRequestOptions): Promise<RequestReceipt> {
    return this.inTime(() => this.send(intentId, withId(request.kind, request)));
  }

  /** Sends a request of any kind and waits for its outcome. Waits and throws like {@link transition}. */
  async requestAndWait(intentId: string, request: AnyRequestOptions, wait?: WaitOptions): Promise<Outcome> {
    return this.settle(intentId, withId(request.kind, request), wait);
  }

  private async send(intentId: string, request: AnyRequest): Promise<RequestReceipt> {
    checkIntentId(intentId);
    parse(REQUEST_SCHEMAS[request.kind], request);
    try {
      await this.temporal.workflow.getHandle(intentId).signal(REQUEST_TRANSITION_SIGNAL, request);
      return { requestId: request.requestId };
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      return this.endedIntents.take(intentId, request, error);
    }
  }

  /**
   * Sends a request and waits until its outcome is in Postgres. A rejected request is no error.
   *
   * @param timeoutMs how long to wait, milliseconds; default 10,000, at most a day
   * @throws OutcomeTimeoutError, whose `requestStands` says whether to ask later or to send again; IntentError
   *   INVALID_ARGUMENT, INTENT_NOT_FOUND, INTENT_NOT_RUNNING, TOO_MANY_WAITING
   *
   * @example
   * const outcome = await intents.transition(id, { to: 'ICP_PROCESSING', expectedState: 'ICP_PENDING' });
   */
  async transition(intentId: string, options: TransitionOptions, wait?: WaitOptions): Promise<MoveOutcome> {
    return this.settleMove(intentId, withId('transition', options), wait);
  }

  /**
   * Cancels an intent, from every state that is not terminal: what its state's work does is stopped, what it has done is
   * undone where the graph says how, and it ends in CANCELLED. Waits and throws like {@link transition}.
   *
   * @example
   * await intents.cancel(id, { actor: 'ada', reason: 'ordered twice' });
   */
  async cancel(intentId: string, options: CancelOptions = {}, wait?: WaitOptions): Promise<MoveOutcome> {
    return this.settleMove(intentId, withId('cancel', options), wait);
  }

  /**
   * Stops the clocks of an intent's deadlines, until {@link resume}; everything else goes on. Waits and throws like
   * {@link transition}.
   *
   * @example
   * await intents.pause(id, { actor: 'ada', reason: 'waits for the customer' });
   */
  async pause(intentId: string, options: PauseOptions = {}, wait?: WaitOptions): Promise<MoveOutcome> {
    return this.settleMove(intentId, withId('pause', options), wait);
  }

  /** Lets the clocks go on where they were stopped. Waits and throws like {@link transition}. */
  async resume(intentId: string, options: ResumeOptions = {}, wait?: WaitOptions): Promise<MoveOutcome> {
    return this.settleMove(intentId, withId('resume', options), wait);
  }

  /**
   * Moves an intent to any state of its graph, past edges, guards and approvals: for operators. The audit row is flagged
   * by its kind. An intent that has ended needs `reopen: true` as well, and is then taken up as Postgres has it. Waits and
   * throws like {@link transition}.
   *
   * @example
   * await intents.force(id, { to: 'ICP_PENDING', actor: 'ada', reason: 'ticket 4711', scope: 'admin' });
   */
  async force(intentId: string, options: ForceOptions, wait?: WaitOptions): Promise<MoveOutcome> {
    return this.settleMove(intentId, withId('force', options), wait);
  }

  /**
   * Votes for an edge that needs approvals. `voted` when others are missing; `applied` when this vote was the last one
   * that the edge needed, and moved the intent. Waits and throws like {@link transition}.
   *
   * @example
   * const outcome = await intents.approve(id, { to: 'APPROVED', actor: 'grace', role: 'supervisor' });
   * if (outcome.status === 'voted') console.log(`${outcome.votes} of ${outcome.needed}`);
   */
  async approve(intentId: string, options: ApproveOptions, wait?: WaitOptions): Promise<Outcome> {
    return this.settle(intentId, withId('approve', options), wait);
  }

  private async settleMove(intentId: string, request: AnyRequest, wait?: WaitOptions): Promise<MoveOutcome> {
    const outcome = await this.settle(intentId, request, wait);
    // A repeated id keeps its first outcome.
    if (outcome.status === 'voted')
      throw invalid(`requestId: ${request.requestId} is that of a vote; choose another`);
    return outcome;
  }

  /**
   * Moves an intent to another registered version of its graph: it stays in its state, or goes on where `map` says if that
   * version lacks it. Waits and throws like {@link transition}.
   *
   * @example
   * await intents.migrate(id, { graph: 'ticket@2', map: { WAITING: 'ON_HOLD' }, actor: 'ada' });
   */
  async migrate(intentId: string, options: MigrateOptions, wait?: WaitOptions): Promise<MoveOutcome> {
    return this.settleMove(intentId, withId('migrate', options), wait);
  }

  private async settle(
    intentId: string,
    request: AnyRequest,
    { timeoutMs = CLIENT_LIMITS.timeoutMs }: WaitOptions = {},
  ): Promise<Outcome> {
    checkTimeout(timeoutMs);
    return this.waitingCalls.run(() => this.sendAndWait(intentId, request, timeoutMs));
  }

  private async sendAndWait(intentId: string, request: AnyRequest, timeoutMs: number): Promise<Outcome> {
    const started = Date.now();
    const { requestId } = request;
    const receipt = await this.temporal
      .withDeadline(started + timeoutMs, () => this.send(intentId, request))
      .catch((error: unknown) => {
        if (!hasGrpcStatus(error, 'DEADLINE_EXCEEDED')) throw error;
        throw new OutcomeTimeoutError(intentId, requestId, 'unknown', timeoutMs, { cause: error });
      });
    if (receipt.outcome !== undefined) return receipt.outcome;
    const left = Math.max(1, started + timeoutMs - Date.now());
    const outcome = await this.outcomes.wait(intentId, requestId, left);
    if (outcome === undefined) throw new OutcomeTimeoutError(intentId, requestId, true, timeoutMs);
    return outcome;
  }

  /**
   * What became of a request; `undefined` while there is no outcome.
   *
   * @throws IntentError INVALID_ARGUMENT; INTENT_NOT_FOUND, without a database
   */
  async outcome(intentId: string, requestId: string): Promise<Outcome | undefined> {
    checkIntentId(intentId);
    checkText('requestId', requestId, LIMITS.requestIdLength);
    return this.inTime(() => this.outcomes.find(intentId, requestId)).catch((error: unknown) => {
      throw error instanceof WorkflowNotFoundError ? notFound(intentId, error) : error;
    });
  }

  /**
   * What became of a request, once there is an outcome; `undefined` when there is none in time.
   *
   * @param timeoutMs milliseconds; default 10,000, at most a day
   * @throws IntentError INVALID_ARGUMENT, TOO_MANY_WAITING
   */
  async waitForOutcome(
    intentId: string,
    requestId: string,
    { timeoutMs = CLIENT_LIMITS.timeoutMs }: WaitOptions = {},
  ): Promise<Outcome | undefined> {
    checkIntentId(intentId);
    checkText('requestId', requestId, LIMITS.requestIdLength);
    checkTimeout(timeoutMs);
    return this.waitingCalls.run(() => this.outcomes.wait(intentId, requestId, timeoutMs));
  }

  /**
   * The intent as its workflow sees it; once Temporal has forgotten it, as Postgres does.
   *
   * @param timeoutMs how long to wait for a worker, milliseconds; default 30,000, at most a day
   * @throws IntentError INTENT_NOT_FOUND, INVALID_ARGUMENT
   */
  async describe(
    intentId: string,
    { timeoutMs = CLIENT_LIMITS.callMs }: { timeoutMs?: number } = {},
  ): Promise<IntentDescription> {
    checkIntentId(intentId);
    checkTimeout(timeoutMs);
    return this.inTime(() => this.describeNow(intentId), timeoutMs);
  }

  private async describeNow(intentId: string): Promise<IntentDescription> {
    try {
      return await queryDescription(this.temporal, intentId);
    } catch (error) {
      const forgotten = error instanceof WorkflowNotFoundError;
      // A start that was refused has failed, and knows nothing of the intent that has ended before.
      if (!forgotten && !(error instanceof QueryNotRegisteredError)) throw error;
      const row = await this.row(intentId);
      if (this.database !== undefined && row !== undefined && (forgotten || row.endedAt !== null)) {
        return describeRow(this.database, row);
      }
      throw forgotten ? notFound(intentId, error) : error;
    }
  }

  /**
   * The audit trail, oldest first; empty when there is no such intent.
   *
   * @throws IntentError NO_DATABASE
   */
  async history(intentId: string): Promise<AuditRow[]> {
    checkIntentId(intentId);
    return readHistory(this.database ?? noDatabase('history'), intentId);
  }

  /**
   * Waits until Postgres shows the intent in a state.
   *
   * @param timeoutMs milliseconds; default 10,000, at most a day
   * @throws IntentError STATE_TIMEOUT, NO_DATABASE, INVALID_ARGUMENT, TOO_MANY_WAITING
   */
  async waitForState(
    intentId: string,
    state: string | ((state: string) => boolean),
    { timeoutMs = CLIENT_LIMITS.timeoutMs }: { timeoutMs?: number } = {},
  ): Promise<IntentRow> {
    checkIntentId(intentId);
    checkTimeout(timeoutMs);
    const accept = typeof state === 'string' ? (current: string) => current === state : state;
    const states = this.states ?? noDatabase('waitForState');
    const row = await this.waitingCalls.run(() =>
      states.wait(intentId, (candidate) => accept(candidate.state), timeoutMs),
    );
    if (row !== undefined) return row;
    const current = await this.row(intentId);
    throw new IntentError(
      'STATE_TIMEOUT',
      `Intent ${intentId} did not reach ${typeof state === 'string' ? state : 'the wanted state'} within ` +
        `${timeoutMs} ms; ${current === undefined ? 'Postgres has no such intent' : `it is in ${current.state}`}.`,
    );
  }

  /** Without a deadline a call to a server that hangs would never end. */
  private inTime<T>(call: () => Promise<T>, timeoutMs: number = CLIENT_LIMITS.callMs): Promise<T> {
    return this.temporal.withDeadline(Date.now() + timeoutMs, call);
  }

  private async row(intentId: string): Promise<IntentRow | undefined> {
    return this.database && (await readIntents(this.database, [intentId]))[0];
  }

  private async checkGraph(text: string): Promise<void> {
    if (this.database === undefined || this.knownGraphs.has(text)) return;
    const parsed = parseGraphReference(text);
    if (!parsed.ok) throw invalid(`graph: ${parsed.message}`);
    if ((await readGraph(this.database, parsed.reference)) === undefined) {
      throw new IntentError(
        'GRAPH_NOT_REGISTERED',
        `graph: ${text} is not registered. Register it as the owner role: intent graph register FILE`,
      );
    }
    this.knownGraphs.add(text);
  }
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (!result.success) throw invalid(describeIssues(result.error));
  return result.data;
}

function withId<Kind extends AnyRequest['kind'], Options extends { requestId?: string | undefined }>(
  kind: Kind,
  options: Options,
): Options & { kind: Kind; requestId: string } {
  return { ...options, kind, requestId: options.requestId ?? randomUUID() };
}

function checkText(name: string, text: string, maxLength: number): void {
  if (typeof text === 'string' && text !== '' && text.length <= maxLength && isStorableText(text)) return;
  throw invalid(`${name}: must be text of 1 to ${maxLength} characters, without U+0000 or lone surrogates`);
}

function checkTimeout(timeoutMs: number): void {
  const { longestTimeoutMs } = CLIENT_LIMITS;
  if (timeoutMs > 0 && timeoutMs <= longestTimeoutMs) return;
  throw invalid(
    `timeoutMs: must be more than 0 and at most ${longestTimeoutMs} milliseconds, not ${timeoutMs}`,
  );
}

function checkIntentId(intentId: string): void {
  if (!isIntentId(intentId))
    throw invalid(`intentId: must be a UUID in lower case, not ${JSON.stringify(intentId)}`);
}
