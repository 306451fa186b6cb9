import { IntentError, invalid, OutcomeTimeoutError } from '../client/errors';
import type {
  ApprovalMove,
  AuditRow,
  ForceMove,
  IntentDescription,
  Intents,
  MigrationMove,
  MoveOutcome,
  MoveRequest,
  NewIntent,
  Outcome,
  RequestReceipt,
  TransitionMove,
  WaitOptions,
} from '../client/intents';
import { describeCall, headerOf, moveCall, outcomeCall, requestIdOf, type MovePath } from './calls';
import {
  checkFields,
  checkIdempotencyKey,
  checkIntentId,
  checkRequestId,
  checkTimeout,
} from './check-arguments';
import { jsonBody } from './json-body';
import { HTTP_CLIENT_LIMITS } from './limits';
import { sleep } from './pause';
import { errorOf, outcomeOf, problemCode, type Answer } from './problem';
import { Server, type Call } from './server';

export type HttpConnectOptions = {
  /** Of the HTTP API, with what its paths begin with, if anything: `https://intents.example.com`. */
  url: string;
  /** Default: the global one. */
  fetch?: typeof globalThis.fetch;
} & (
  | { apiKey: string; token?: never }
  /** Asked before each try, so that it may give a new one when the old one is about to expire. */
  | { apiKey?: never; token: () => string | Promise<string> }
);

/**
 * Moves intents over the HTTP API, from anywhere that has `fetch`: Node, browsers, Deno, edge functions. Organization and
 * actor are those of the credential. The methods are those of `IntentClient`, with the same outcomes and errors.
 *
 * @example
 * const intents = await HttpIntentClient.connect({ url: 'https://intents.example.com', apiKey });
 * const { id } = await intents.create({ title: 'Spring campaign' });
 * const outcome = await intents.transition(id, { to: 'ICP_PENDING' });
 * if (outcome.status === 'rejected') console.log(outcome.code, outcome.message);
 */
export class HttpIntentClient implements Intents {
  private constructor(private readonly server: Server) {}

  /**
   * Sends nothing yet.
   *
   * @throws IntentError INVALID_ARGUMENT
   */
  static connect({ url, apiKey, token, fetch }: HttpConnectOptions): Promise<HttpIntentClient> {
    return new Promise((resolve) => {
      if (!token && !apiKey) throw invalid('apiKey: must be given, or a token');
      const credential = token ?? (() => apiKey);
      // A browser's own refuses to be a method of anything else.
      const call: typeof fetch = fetch ?? ((...request) => globalThis.fetch(...request));
      resolve(new HttpIntentClient(new Server(baseUrl(url), credential, call)));
    });
  }

  /** There is nothing to end; it is there so that either client may be closed. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Creates an intent; returns when the server has it. With an `idempotencyKey` that was used before, returns the intent of
   * then, and `created` is `false`; it may also be `false` where the answer to a first try was lost.
   *
   * @throws IntentError INVALID_ARGUMENT, GRAPH_NOT_REGISTERED
   */
  async create({ idempotencyKey, ...fields }: NewIntent = {}): Promise<{ id: string; created: boolean }> {
    if (idempotencyKey !== undefined) checkIdempotencyKey(idempotencyKey);
    checkFields(fields, ['graph', 'title', 'metadata', 'occurredAt']);
    const answer = await this.server.answer({
      method: 'POST',
      path: '/v1/intents',
      // Without a key of its own, a try whose answer is lost would leave an intent that nobody knows of.
      headers: { 'idempotency-key': headerOf(idempotencyKey ?? crypto.randomUUID()) },
      body: jsonBody(fields),
    });
    const { id, created } = this.expect<{ id: string; created: boolean }>(
      answer,
      [200, 201],
      ['id', 'created'],
    );
    return { id, created: created || idempotencyKey === undefined };
  }

  /**
   * Sends a request; returns when it is taken, without waiting for its outcome.
   *
   * @throws IntentError INVALID_ARGUMENT, INTENT_NOT_FOUND, INTENT_NOT_RUNNING, and what any call may
   */
  async requestTransition(intentId: string, request: TransitionMove): Promise<RequestReceipt> {
    const requestId = requestIdOf(request);
    const answer = await this.server.answer(moveCall('transitions', intentId, requestId, request));
    const outcome = outcomeOf(answer);
    if (outcome !== undefined) return { requestId, outcome };
    this.expect(answer, [202]);
    return { requestId };
  }

  /**
   * Sends a request and waits for its outcome. A rejected request is no error.
   *
   * @param wait `timeoutMs`: how long to wait, milliseconds; default 10,000, at most a day
   * @throws OutcomeTimeoutError, whose `requestStands` says whether to ask later or to send again; IntentError
   *   INVALID_ARGUMENT, INTENT_NOT_FOUND, INTENT_NOT_RUNNING, and what any call may
   *
   * @example
   * const outcome = await intents.transition(id, { to: 'ICP_PROCESSING', expectedState: 'ICP_PENDING' });
   */
  async transition(intentId: string, request: TransitionMove, wait?: WaitOptions): Promise<MoveOutcome> {
    return this.settleMove('transitions', intentId, request, wait);
  }

  /** Cancels an intent, in whatever state it is. Waits and throws like {@link transition}. */
  async cancel(intentId: string, request: MoveRequest = {}, wait?: WaitOptions): Promise<MoveOutcome> {
    return this.settleMove('cancel', intentId, request, wait);
  }

  /** Stops the clocks of its deadlines, until {@link resume}. Waits and throws like {@link transition}. */
  async pause(intentId: string, request: MoveRequest = {}, wait?: WaitOptions): Promise<MoveOutcome> {
    return this.settleMove('pause', intentId, request, wait);
  }

  /** Lets the clocks go on. Waits and throws like {@link transition}. */
  async resume(intentId: string, request: MoveRequest = {}, wait?: WaitOptions): Promise<MoveOutcome> {
    return this.settleMove('resume', intentId, request, wait);
  }

  /** Moves it to any state of its graph; the credential needs the scope `admin`. Waits and throws like {@link transition}. */
  async force(intentId: string, request: ForceMove, wait?: WaitOptions): Promise<MoveOutcome> {
    return this.settleMove('force', intentId, request, wait);
  }

  /** Votes, in a role that the credential has. Waits and throws like {@link transition}. */
  async approve(intentId: string, request: ApprovalMove, wait?: WaitOptions): Promise<Outcome> {
    return this.settle('approvals', intentId, request, wait);
  }

  /** Moves it to another version of its graph; needs the scope `admin`. Waits and throws like {@link transition}. */
  async migrate(intentId: string, request: MigrationMove, wait?: WaitOptions): Promise<MoveOutcome> {
    return this.settleMove('migrate', intentId, request, wait);
  }

  private async settleMove(
    path: MovePath,
    intentId: string,
    request: MoveRequest,
    wait?: WaitOptions,
  ): Promise<MoveOutcome> {
    const outcome = await this.settle(path, intentId, request, wait);
    // A repeated id keeps its first outcome.
    if (outcome.status === 'voted')
      throw invalid(`requestId: ${outcome.requestId} is that of a vote; choose another`);
    return outcome;
  }

  private async settle(
    path: MovePath,
    intentId: string,
    request: MoveRequest,
    { timeoutMs = HTTP_CLIENT_LIMITS.timeoutMs }: WaitOptions = {},
  ): Promise<Outcome> {
    checkTimeout(timeoutMs);
    const requestId = requestIdOf(request);
    const call: Call = { ...moveCall(path, intentId, requestId, request), waits: true };
    const deadline = Date.now() + timeoutMs;
    const answer = await this.server.ask(call, deadline);
    if ('error' in answer) {
      if (!answer.mayBeTaken) throw answer.error;
      throw new OutcomeTimeoutError(intentId, requestId, 'unknown', timeoutMs, { cause: answer.error });
    }
    const outcome = outcomeOf(answer);
    if (outcome !== undefined) return outcome;
    this.expect(answer, [202]);
    return this.awaitOutcome(intentId, requestId, call, { deadline, timeoutMs });
  }

  /** Of a request that is taken. */
  private async awaitOutcome(
    intentId: string,
    requestId: string,
    taken: Call,
    { deadline, timeoutMs }: { deadline: number; timeoutMs: number },
  ): Promise<Outcome> {
    let call: Call = { ...outcomeCall(intentId, requestId), waits: true };
    for (;;) {
      const asked = Date.now();
      const answer = await this.server.ask(call, deadline);
      if ('error' in answer)
        throw new OutcomeTimeoutError(intentId, requestId, true, timeoutMs, { cause: answer.error });
      const outcome = outcomeOf(answer);
      if (outcome !== undefined) return outcome;
      const code = problemCode(answer);
      // A credential that may ask for transitions, and not read: the request itself, sent again, has the same outcome.
      if (code === 'SCOPE_MISSING' && call !== taken) call = taken;
      else if (code !== 'OUTCOME_NOT_FOUND') this.expect(answer, [202]);
      else if (Date.now() - asked < HTTP_CLIENT_LIMITS.outcomePauseMs)
        await sleep(HTTP_CLIENT_LIMITS.outcomePauseMs);
      if (Date.now() >= deadline) throw new OutcomeTimeoutError(intentId, requestId, true, timeoutMs);
    }
  }

  /**
   * What became of a request; `undefined` while there is no outcome.
   *
   * @throws IntentError INVALID_ARGUMENT, INTENT_NOT_FOUND, and what any call may
   */
  async outcome(intentId: string, requestId: string): Promise<Outcome | undefined> {
    checkIntentId(intentId);
    checkRequestId(requestId);
    const answer = await this.server.answer(outcomeCall(intentId, requestId));
    const outcome = outcomeOf(answer);
    if (outcome === undefined && problemCode(answer) !== 'OUTCOME_NOT_FOUND') throw errorOf(answer);
    return outcome;
  }

  /**
   * The intent as its workflow sees it.
   *
   * @param wait `timeoutMs`: how long to wait, milliseconds; default 30,000, at most a day
   * @throws IntentError INVALID_ARGUMENT, INTENT_NOT_FOUND, and what any call may
   */
  async describe(intentId: string, { timeoutMs }: WaitOptions = {}): Promise<IntentDescription> {
    checkIntentId(intentId);
    if (timeoutMs !== undefined) checkTimeout(timeoutMs);
    const answer = await this.server.answer(describeCall(intentId), timeoutMs);
    return this.expect<IntentDescription>(answer, [200], ['id', 'state']);
  }

  /**
   * The audit trail, oldest first; empty when there is no such intent.
   *
   * @throws IntentError INVALID_ARGUMENT, and what any call may
   */
  async history(intentId: string): Promise<AuditRow[]> {
    checkIntentId(intentId);
    const rows: AuditRow[] = [];
    for (let after: number | null = 0; after !== null;) {
      const path: string = `/v1/intents/${intentId}/history?after=${after}&limit=${HTTP_CLIENT_LIMITS.historyRows}`;
      const answer = await this.server.answer({ method: 'GET', path });
      if (problemCode(answer) === 'INTENT_NOT_FOUND') return [];
      const page = this.expect<{ transitions: AuditRow[]; next: number | null }>(
        answer,
        [200],
        ['transitions', 'next'],
      );
      rows.push(...page.transitions.map(withDates));
      after = page.next;
    }
    return rows;
  }

  /**
   * Waits until the intent is in a state, and Postgres has it.
   *
   * @param wait `timeoutMs`: milliseconds; default 10,000, at most a day
   * @throws IntentError STATE_TIMEOUT, INVALID_ARGUMENT, and what any call may
   */
  async waitForState(
    intentId: string,
    state: string | ((state: string) => boolean),
    { timeoutMs = HTTP_CLIENT_LIMITS.timeoutMs }: WaitOptions = {},
  ): Promise<IntentDescription> {
    checkIntentId(intentId);
    checkTimeout(timeoutMs);
    const accept = typeof state === 'string' ? (current: string) => current === state : state;
    const { statePauseMs, longestStatePauseMs } = HTTP_CLIENT_LIMITS;
    const deadline = Date.now() + timeoutMs;
    let seen: IntentDescription | undefined;
    let etag: string | null = null;
    let answered = false;
    for (let pause: number = statePauseMs; ; pause = Math.min(pause * 1.5, longestStatePauseMs)) {
      const answer = await this.server.ask(describeCall(intentId, etag), deadline);
      if ('error' in answer) {
        if (!answered) throw answer.error;
        throw stateTimeout(intentId, state, timeoutMs, seen, answer.error);
      }
      answered = true;
      if (answer.status !== 304 && problemCode(answer) !== 'INTENT_NOT_FOUND') {
        seen = this.expect<IntentDescription>(answer, [200], ['id', 'state', 'mirrorLag']);
        if (seen.mirrorLag === 0 && accept(seen.state)) return seen;
        etag = answer.header('etag');
      }
      const left = deadline - Date.now();
      if (left <= 0) throw stateTimeout(intentId, state, timeoutMs, seen);
      await sleep(Math.min(pause, left));
    }
  }

  /** What an answer says, where it is one of those that the API gives. */
  private expect<Body>(
    answer: Answer,
    statuses: readonly number[],
    keys: readonly (keyof Body & string)[] = [],
  ): Body {
    const { status, body } = answer;
    const complete = keys.every((key) => typeof body === 'object' && body !== null && key in body);
    if (statuses.includes(status) && complete) return body as Body;
    throw errorOf(answer);
  }
}

function baseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // `fetch` refuses credentials in a URL.
  const plain =
    url !== undefined && /^https?:$/.test(url.protocol) && url.username + url.search + url.hash === '';
  if (!plain) throw invalid('url: must be one of http or https, without credentials, query and fragment');
  return url.href.replace(/\/+$/, '');
}

function withDates(row: AuditRow): AuditRow {
  return { ...row, transitionedAt: new Date(row.transitionedAt), createdAt: new Date(row.createdAt) };
}

function stateTimeout(
  intentId: string,
  state: string | ((state: string) => boolean),
  timeoutMs: number,
  seen: IntentDescription | undefined,
  cause?: IntentError,
): IntentError {
  return new IntentError(
    'STATE_TIMEOUT',
    `Intent ${intentId} did not reach ${typeof state === 'string' ? state : 'the wanted state'} within ` +
      `${timeoutMs} ms; ${seen === undefined ? 'there is no such intent' : `it is in ${seen.state}`}.`,
    { cause },
  );
}
