import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { IntentClient, Outcome, WaitOptions } from '../../../src/client';
import { CANCELLATION_REQUEST_ID, REQUEST_TRANSITION_SIGNAL } from '../../../src/intent';
import type { SentRequest } from '../request-log';
import { RequestSender, type SenderParts } from '../request-sender';
import type { SeededRandom } from '../seeded-random';
import type { DrivenBook } from './book';
import { DRIVEN_GRAPHS, DRIVEN_VERSIONS, STATE_MAPS, type DrivenVersion } from './graphs';

/** A driven intent as Postgres shows it; it may be elsewhere by now. */
interface Seen {
  id: string;
  state: string;
  version: DrivenVersion;
}

/** What an app can ask of a driven intent, and for how many of a hundred turns; by how many requests. */
const ASKS = {
  move: { percent: 25, requests: 1 },
  signal: { percent: 10, requests: 1 },
  vote: { percent: 14, requests: 1 },
  voteTogether: { percent: 14, requests: 2 },
  migrate: { percent: 12, requests: 1 },
  pauseForAWhile: { percent: 9, requests: 2 },
  force: { percent: 5, requests: 1 },
  cancel: { percent: 3, requests: 1 },
  cancelInTemporal: { percent: 3, requests: 1 },
  wrongRequest: { percent: 5, requests: 1 },
} as const;

type Ask = keyof typeof ASKS;
const ASK_NAMES = Object.keys(ASKS) as Ask[];

const VOTES: Ask[] = ['vote', 'voteTogether'];

/** Of reviews it is mostly votes that apps send. */
const VOTES_IN_REVIEW_PERCENT = 60;
const RESUMES_PERCENT = 85;
const LOOK_MS = 1_000;
const VOTERS = ['ada', 'bob', 'cleo', 'dan'];

type Call = (intents: IntentClient, requestId: string, wait: WaitOptions) => Promise<Outcome>;

/** An app that asks driven intents for everything that can be asked of them. Nothing throws because of a fault. */
export class DrivenApp {
  private readonly sender: RequestSender;
  private readonly random: SeededRandom;

  constructor(
    private readonly book: DrivenBook,
    private readonly parts: Omit<SenderParts, 'learn'>,
    /** Temporal cancels an intent once, whoever asks for it: one request for all apps. */
    private readonly cancellations: Map<string, SentRequest>,
  ) {
    this.sender = new RequestSender({ ...parts, learn: () => undefined });
    this.random = parts.random;
  }

  /** @param turn waits until so many requests may be sent; `false` once the run is over */
  async run(turn: (requests: number) => Promise<boolean>): Promise<void> {
    for (;;) {
      const drawn = this.draw();
      if (!(await turn(ASKS[drawn].requests))) return;
      const seen = await this.look();
      const votes = seen.state === 'REVIEW' && this.random.chance(VOTES_IN_REVIEW_PERCENT);
      await this[votes ? this.random.pick(VOTES) : drawn](seen);
    }
  }

  /** What lets a driven intent go on that somebody has paused. */
  async resume(id: string): Promise<void> {
    await this.settle(id, (intents, requestId, wait) => intents.resume(id, { requestId }, wait));
  }

  private draw(): Ask {
    let drawn = this.random.int(1, 100);
    return ASK_NAMES.find((name) => (drawn -= ASKS[name].percent) <= 0) ?? 'move';
  }

  /** One that goes on, as far as can be seen: where Postgres does not answer, it is taken for a new one. */
  private async look(): Promise<Seen> {
    for (;;) {
      const { intents } = this.random.pick(this.parts.clients);
      const id = await this.book.any(intents, this.random);
      const row = await intents.waitForState(id, () => true, { timeoutMs: LOOK_MS }).catch(() => undefined);
      if (row === undefined) return { id, state: 'NEW', version: 'driven@1' };
      if (row.endedAt === null)
        return { id, state: row.state, version: `driven@${row.graphVersion}` as DrivenVersion };
      this.book.ended(id);
    }
  }

  private async move({ id, state, version }: Seen): Promise<void> {
    const to = this.next(state, version);
    const expectedState = this.random.chance(50) ? { expectedState: state } : {};
    await this.settle(id, (intents, requestId, wait) =>
      intents.transition(id, { requestId, to, ...expectedState }, wait),
    );
  }

  private async signal({ id, state, version }: Seen): Promise<void> {
    await this.send(id, { to: this.next(state, version) });
  }

  private async vote({ id }: Seen): Promise<void> {
    const [actor = ''] = this.random.shuffled(VOTERS);
    await this.approve(id, actor, this.random.pick(['owner', 'reviewer']));
  }

  private async voteTogether({ id }: Seen): Promise<void> {
    const [one = '', other = ''] = this.random.shuffled(VOTERS);
    await Promise.all([this.approve(id, one, 'owner'), this.approve(id, other, 'reviewer')]);
  }

  private async migrate({ id, version }: Seen): Promise<void> {
    const graph = this.random.pick(DRIVEN_VERSIONS.filter((other) => other !== version));
    await this.settle(id, (intents, requestId, wait) =>
      intents.migrate(id, { requestId, graph, map: STATE_MAPS[graph], actor: 'ada' }, wait),
    );
  }

  private async pauseForAWhile({ id }: Seen): Promise<void> {
    await this.settle(id, (intents, requestId, wait) => intents.pause(id, { requestId }, wait));
    await sleep(this.random.int(0, 1_500));
    // Some are forgotten: the end of the run resumes those.
    if (this.random.chance(RESUMES_PERCENT)) await this.resume(id);
  }

  private async force({ id }: Seen): Promise<void> {
    const to = this.random.pick(['NEW', 'WORKING', 'REVIEW', 'PARTING', 'UNDOING', 'DONE']);
    const said = { to, actor: 'ada', reason: 'a drill', scope: 'admin' };
    await this.settle(id, (intents, requestId, wait) => intents.force(id, { requestId, ...said }, wait));
  }

  private async cancel({ id }: Seen): Promise<void> {
    await this.settle(id, (intents, requestId, wait) => intents.cancel(id, { requestId }, wait));
  }

  private async cancelInTemporal({ id }: Seen): Promise<void> {
    const sent = this.cancellations.get(id) ?? this.parts.log.sending(id, CANCELLATION_REQUEST_ID);
    this.cancellations.set(id, sent);
    await this.sender.confirm(sent, async (temporal) => {
      const handle = temporal.workflow.getHandle(id);
      await handle.cancel();
      // To cancel what has ended is a success to Temporal's server too; it keeps only what it has told the intent.
      return (await handle.describe()).raw.workflowExtendedInfo?.cancelRequested === true;
    });
  }

  private async wrongRequest({ id }: Seen): Promise<void> {
    const wrong = this.random.pick(['role', 'scope', 'graph', 'schema']);
    if (wrong === 'role') await this.approve(id, 'ada', 'stranger');
    if (wrong === 'scope')
      await this.send(id, { kind: 'force', to: 'DONE', actor: 'eve', reason: 'mine', scope: 'user' });
    if (wrong === 'graph') await this.send(id, { kind: 'migrate', graph: 'driven@99' });
    if (wrong === 'schema') await this.send(id, { kind: 'cancel', to: 'DONE' });
  }

  private async approve(id: string, actor: string, role: string): Promise<void> {
    await this.settle(id, (intents, requestId, wait) =>
      intents.approve(id, { requestId, to: 'PARTING', actor, role }, wait),
    );
  }

  /** A state to which the one that was seen leads. */
  private next(state: string, version: DrivenVersion): string {
    return this.random.pick(DRIVEN_GRAPHS[version].transitions[state] ?? ['WORKING']);
  }

  private async settle(id: string, call: Call): Promise<void> {
    const sent = this.parts.log.sending(id, randomUUID());
    await this.sender.settle(sent, (intents, wait) => call(intents, sent.requestId, wait));
  }

  private async send(id: string, payload: Record<string, unknown>): Promise<void> {
    const sent = this.parts.log.sending(id, randomUUID());
    const { requestId } = sent;
    await this.sender.confirm(sent, (temporal) =>
      temporal.workflow.getHandle(id).signal(REQUEST_TRANSITION_SIGNAL, { ...payload, requestId }),
    );
  }
}
