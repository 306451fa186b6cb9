import { setTimeout as sleep } from 'node:timers/promises';

import type { Client, Connection } from '@temporalio/client';

import {
  isIntentError,
  type IntentClient,
  type Outcome,
  type RequestReceipt,
  type WaitOptions,
} from '../../src/client';
import type { RequestLog, SentRequest } from './request-log';
import type { SeededRandom } from './seeded-random';

/** One app's connections. */
export interface AppClients {
  connection: Connection;
  intents: IntentClient;
  temporal: Client;
}

export interface SenderParts {
  clients: readonly AppClients[];
  log: RequestLog;
  random: SeededRandom;
  /** Told where an outcome leaves an intent. */
  learn: (intentId: string, state: string) => void;
  /** Aborted when what was not confirmed is not to be sent again. */
  closing: AbortSignal;
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

/** Sends requests as apps do, and notes what became of them. None of it throws because of a fault. */
export class RequestSender {
  constructor(private readonly parts: SenderParts) {}

  /** Sends a request by a call that waits for the outcome. */
  async settle(
    sent: SentRequest,
    call: (intents: IntentClient, wait: WaitOptions) => Promise<Outcome>,
  ): Promise<void> {
    await this.insist(sent, async ({ intents }) => {
      let outcome: Outcome;
      try {
        outcome = await call(intents, { timeoutMs: this.patienceMs() });
      } catch (error) {
        // It stands, and will have its outcome: that is what the end of the run looks for.
        if ((error as { requestStands?: unknown }).requestStands !== true) throw error;
        return this.parts.log.acknowledged(sent);
      }
      this.note(sent, outcome);
    });
  }

  /** Sends a request by a call that does not wait. */
  async request(sent: SentRequest, call: (intents: IntentClient) => Promise<RequestReceipt>): Promise<void> {
    await this.insist(sent, async ({ intents, connection }) => {
      const receipt = await connection.withDeadline(Date.now() + this.patienceMs(), () => call(intents));
      if (receipt.outcome === undefined) this.parts.log.acknowledged(sent);
      else this.note(sent, receipt.outcome);
    });
  }

  /**
   * Sends a request by Temporal's own client.
   *
   * @param call gives `false` where Temporal's answer does not say that the intent gets it
   */
  async confirm(sent: SentRequest, call: (temporal: Client) => Promise<unknown>): Promise<void> {
    await this.insist(sent, async ({ temporal }) => {
      try {
        const taken = await temporal.withDeadline(Date.now() + this.patienceMs(), () => call(temporal));
        if (taken !== false) this.parts.log.acknowledged(sent);
      } catch (error) {
        // The intent has ended; only our client would have told so.
        if ((error as Error).name !== 'WorkflowNotFoundError') throw error;
        sent.answeredAsEnded = true;
      }
    });
  }

  private patienceMs(): number {
    return this.parts.random.pick(PATIENCE_MS);
  }

  private note(sent: SentRequest, outcome: Outcome): void {
    const { log, learn } = this.parts;
    log.saw(sent, outcome);
    if (outcome.status === 'rejected' && outcome.code === 'TERMINAL_STATE') sent.answeredAsEnded = true;
    else log.acknowledged(sent);
    learn(sent.intentId, outcome.status === 'applied' ? outcome.newState : outcome.state);
  }

  /** Sends a request again, with the same id, until it is confirmed or patience ends. One app in five has none. */
  private async insist(sent: SentRequest, send: (clients: AppClients) => Promise<void>): Promise<void> {
    const { clients, log, random, closing } = this.parts;
    const tries = random.chance(80) ? TRIES : 1;
    for (let attempt = 1; attempt <= tries && !closing.aborted; attempt += 1) {
      sent.attempts += 1;
      try {
        return await send(random.pick(clients));
      } catch (error) {
        if (isUnexpected(error)) {
          log.surprises.push(
            `request ${sent.requestId} of intent ${sent.intentId}: ${(error as Error).message}`,
          );
          return;
        }
        await sleep(PAUSE_MS);
      }
    }
  }
}
