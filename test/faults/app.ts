import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Client, Connection } from '@temporalio/client';

import { isIntentError, type IntentClient, type Outcome } from '../../src/client';
import { REQUEST_TRANSITION_SIGNAL } from '../../src/intent';
import type { IntentBook } from './intent-book';
import type { RequestLog, SentRequest } from './request-log';
import type { SeededRandom } from './seeded-random';

/** One app's connections. */
export interface AppClients {
  connection: Connection;
  intents: IntentClient;
  temporal: Client;
}

/** How long an app waits for an answer, milliseconds: some are impatient. */
const PATIENCE_MS = [1_000, 2_000, 4_000];
const TRIES = 8;
const PAUSE_MS = 250;

/** Errors that no fault explains: the engine has lost an intent, refuses what it must take, or is broken. */
function isUnexpected(error: unknown): boolean {
  const codes = ['INTENT_NOT_FOUND', 'INTENT_NOT_RUNNING', 'INVALID_ARGUMENT'];
  return isIntentError(error) ? codes.includes(error.code) : error instanceof TypeError;
}

/**
 * An app that asks for moves in every way there is. Each method sends its requests and notes what became of them; none
 * throws because of a fault.
 */
export class App {
  constructor(
    private readonly clients: readonly AppClients[],
    private readonly book: IntentBook,
    private readonly log: RequestLog,
    private readonly random: SeededRandom,
  ) {}

  /** Any intent, created if need be. */
  async intent(): Promise<string> {
    return this.book.any(this.random.pick(this.clients).intents, this.random);
  }

  /** A move that should be legal, by the client; waits for the outcome. */
  async move(id: string, mayEnd: boolean): Promise<void> {
    const to = this.book.legalMove(id, this.random, mayEnd);
    const expectedState = this.random.chance(50) ? { expectedState: this.book.stateOf(id) } : {};
    await this.awaitOutcome(this.log.sending(id, randomUUID()), { to, ...expectedState });
  }

  /** The same without waiting. */
  async fireAndForget(id: string): Promise<void> {
    const to = this.book.legalMove(id, this.random, false);
    this.book.learn(id, to);
    await this.request(this.log.sending(id, randomUUID()), { to, actor: 'app' });
  }

  /** The same by Temporal's own client, as an app in another language would. */
  async signal(id: string): Promise<void> {
    const to = this.book.legalMove(id, this.random, false);
    this.book.learn(id, to);
    await this.signalPayload(this.log.sending(id, randomUUID()), { to });
  }

  /** Something that the graph, the condition or the schema of requests forbids. */
  async wrongRequest(id: string): Promise<void> {
    const sent = this.log.sending(id, randomUUID());
    const wrong = this.random.pick(['edge', 'state', 'condition', 'schema']);
    if (wrong === 'edge') await this.awaitOutcome(sent, { to: 'CREATED' });
    if (wrong === 'state') await this.request(sent, { to: 'NO_SUCH_STATE' });
    if (wrong === 'condition') await this.request(sent, { to: 'ICP_PENDING', expectedState: 'COMPLETED' });
    if (wrong === 'schema') await this.signalPayload(sent, { to: 17, unknown: true });
  }

  /** Several apps that ask for one and the same move at once, each with a request id of its own. */
  async race(id: string, contestants: number): Promise<void> {
    const expectedState = this.book.stateOf(id);
    const to = this.book.legalMove(id, this.random, false);
    const requests = Array.from({ length: contestants }, () => this.log.sending(id, randomUUID()));
    await Promise.all(requests.map((sent) => this.awaitOutcome(sent, { to, expectedState })));
  }

  /** One request id three times: twice at once, by two apps, and then again. */
  async repeat(id: string): Promise<void> {
    const sent = this.log.sending(id, randomUUID());
    const to = this.book.legalMove(id, this.random, false);
    await Promise.all([this.awaitOutcome(sent, { to }), this.awaitOutcome(sent, { to })]);
    await this.awaitOutcome(sent, { to });
  }

  private async awaitOutcome(
    sent: SentRequest,
    options: { to: string; expectedState?: string },
  ): Promise<void> {
    const { intentId, requestId } = sent;
    await this.insist(sent, async ({ intents }) => {
      let outcome: Outcome;
      try {
        outcome = await intents.transition(
          intentId,
          { ...options, requestId },
          { timeoutMs: this.patienceMs() },
        );
      } catch (error) {
        // It stands, and will have its outcome: that is what the end of the run looks for.
        if ((error as { requestStands?: unknown }).requestStands !== true) throw error;
        return this.log.acknowledged(sent);
      }
      this.note(sent, outcome);
    });
  }

  private async request(
    sent: SentRequest,
    options: { to: string; expectedState?: string; actor?: string },
  ): Promise<void> {
    await this.insist(sent, async ({ intents, connection }) => {
      const receipt = await connection.withDeadline(Date.now() + this.patienceMs(), () =>
        intents.requestTransition(sent.intentId, { ...options, requestId: sent.requestId }),
      );
      if (receipt.outcome === undefined) this.log.acknowledged(sent);
      else this.note(sent, receipt.outcome);
    });
  }

  private async signalPayload(sent: SentRequest, payload: Record<string, unknown>): Promise<void> {
    await this.insist(sent, async ({ temporal }) => {
      try {
        await temporal.withDeadline(Date.now() + this.patienceMs(), () =>
          temporal.workflow
            .getHandle(sent.intentId)
            .signal(REQUEST_TRANSITION_SIGNAL, { ...payload, requestId: sent.requestId }),
        );
        this.log.acknowledged(sent);
      } catch (error) {
        // The intent has ended; only our client would have told so.
        if ((error as Error).name !== 'WorkflowNotFoundError') throw error;
        sent.answeredAsEnded = true;
      }
    });
  }

  private patienceMs(): number {
    return this.random.pick(PATIENCE_MS);
  }

  private note(sent: SentRequest, outcome: Outcome): void {
    this.log.saw(sent, outcome);
    if (outcome.status === 'rejected' && outcome.code === 'TERMINAL_STATE') sent.answeredAsEnded = true;
    else this.log.acknowledged(sent);
    this.book.learn(sent.intentId, outcome.status === 'applied' ? outcome.newState : outcome.state);
  }

  /** Sends a request again, with the same id, until it is confirmed or patience ends. One app in five has none. */
  private async insist(sent: SentRequest, send: (clients: AppClients) => Promise<void>): Promise<void> {
    const tries = this.random.chance(80) ? TRIES : 1;
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      sent.attempts += 1;
      try {
        return await send(this.random.pick(this.clients));
      } catch (error) {
        if (isUnexpected(error)) {
          this.log.surprises.push(
            `request ${sent.requestId} of intent ${sent.intentId}: ${(error as Error).message}`,
          );
          return;
        }
        await sleep(PAUSE_MS);
      }
    }
  }
}
