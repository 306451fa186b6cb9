import { randomUUID } from 'node:crypto';

import { REQUEST_TRANSITION_SIGNAL } from '../../src/intent';
import type { IntentBook } from './intent-book';
import type { RequestLog, SentRequest } from './request-log';
import { RequestSender, type SenderParts } from './request-sender';
import type { SeededRandom } from './seeded-random';

/** An app that asks for moves in every way there is. Each method sends its requests and notes what became of them. */
export class App {
  private readonly sender: RequestSender;
  private readonly log: RequestLog;
  private readonly random: SeededRandom;

  constructor(
    private readonly book: IntentBook,
    private readonly parts: Omit<SenderParts, 'learn'>,
  ) {
    this.sender = new RequestSender({ ...parts, learn: (id, state) => book.learn(id, state) });
    this.log = parts.log;
    this.random = parts.random;
  }

  /** Any intent, created if need be. */
  async intent(): Promise<string> {
    return this.book.any(this.random.pick(this.parts.clients).intents, this.random);
  }

  /** A move that should be legal, by the client; waits for the outcome. */
  async move(id: string, mayEnd: boolean): Promise<void> {
    const to = this.book.legalMove(id, this.random, mayEnd);
    const expectedState = this.random.chance(50) ? { expectedState: this.book.stateOf(id) } : {};
    await this.settle(this.sending(id), { to, ...expectedState });
  }

  /** The same without waiting. */
  async fireAndForget(id: string): Promise<void> {
    const to = this.book.legalMove(id, this.random, false);
    this.book.learn(id, to);
    await this.request(this.sending(id), { to, actor: 'app' });
  }

  /** The same by Temporal's own client, as an app in another language would. */
  async signal(id: string): Promise<void> {
    const to = this.book.legalMove(id, this.random, false);
    this.book.learn(id, to);
    await this.signalPayload(this.sending(id), { to });
  }

  /** Something that the graph, the condition or the schema of requests forbids. */
  async wrongRequest(id: string): Promise<void> {
    const sent = this.sending(id);
    const wrong = this.random.pick(['edge', 'state', 'condition', 'schema']);
    if (wrong === 'edge') await this.settle(sent, { to: 'CREATED' });
    if (wrong === 'state') await this.request(sent, { to: 'NO_SUCH_STATE' });
    if (wrong === 'condition') await this.request(sent, { to: 'ICP_PENDING', expectedState: 'COMPLETED' });
    if (wrong === 'schema') await this.signalPayload(sent, { to: 17, unknown: true });
  }

  /** Several apps that ask for one and the same move at once, each with a request id of its own. */
  async race(id: string, contestants: number): Promise<void> {
    const expectedState = this.book.stateOf(id);
    const to = this.book.legalMove(id, this.random, false);
    const requests = Array.from({ length: contestants }, () => this.sending(id));
    await Promise.all(requests.map((sent) => this.settle(sent, { to, expectedState })));
  }

  /** One request id three times: twice at once, by two apps, and then again. */
  async repeat(id: string): Promise<void> {
    const sent = this.sending(id);
    const to = this.book.legalMove(id, this.random, false);
    await Promise.all([this.settle(sent, { to }), this.settle(sent, { to })]);
    await this.settle(sent, { to });
  }

  private sending(id: string): SentRequest {
    return this.log.sending(id, randomUUID());
  }

  private async settle(sent: SentRequest, options: { to: string; expectedState?: string }): Promise<void> {
    const { intentId, requestId } = sent;
    await this.sender.settle(sent, (intents, wait) =>
      intents.transition(intentId, { ...options, requestId }, wait),
    );
  }

  private async request(
    sent: SentRequest,
    options: { to: string; expectedState?: string; actor?: string },
  ): Promise<void> {
    const { intentId, requestId } = sent;
    await this.sender.request(sent, (intents) =>
      intents.requestTransition(intentId, { ...options, requestId }),
    );
  }

  private async signalPayload(sent: SentRequest, payload: Record<string, unknown>): Promise<void> {
    const { intentId, requestId } = sent;
    await this.sender.confirm(sent, (temporal) =>
      temporal.workflow.getHandle(intentId).signal(REQUEST_TRANSITION_SIGNAL, { ...payload, requestId }),
    );
  }
}
