import { Client, Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';

import { IntentClient } from '../../src/client';
import { App } from './app';
import { DrivenBook } from './driven/book';
import { DrivenApp } from './driven/driven-app';
import { IntentBook } from './intent-book';
import { Pace } from './pace';
import { RequestLog, type SentRequest } from './request-log';
import type { AppClients, SenderParts } from './request-sender';
import { seededRandom, type SeededRandom } from './seeded-random';

export interface LoadOptions {
  seed: number;
  requests: number;
  intents: number;
  /** To driven intents, beside the others. */
  drivenRequests: number;
  databaseUrl: string;
  temporalAddress: string;
}

/** Processes of apps, each with connections of its own, and things that they do at a time. */
const CLIENTS = 4;
const APPS = 48;
const DRIVEN_APPS = 10;
const CONTESTANTS = 3;

/** Intents are ended only in the last part of a run, and few of them: an ended one takes no more requests. */
const ENDS_FROM_PERCENT = 80;
const ENDS_PERCENT = 3;

/** Apps that send requests, as many as the pace allows. */
export class Load {
  readonly log = new RequestLog();
  readonly driven: DrivenBook;
  private readonly pace = new Pace();
  private readonly drivenPace = new Pace();
  private readonly book: IntentBook;
  private readonly cancellations = new Map<string, SentRequest>();
  /** Whatever uses the connections. */
  private readonly work: Promise<unknown>[];
  private readonly atTheEnd: DrivenApp;

  private constructor(
    private readonly options: LoadOptions,
    private readonly clients: readonly AppClients[],
    private readonly closing: AbortController,
  ) {
    const { seed, intents } = options;
    const { signal } = closing;
    this.book = new IntentBook(intents, `faults ${seed}`, signal);
    this.driven = new DrivenBook(seed, signal);
    this.atTheEnd = this.drivenApp('end of driven intents');
    this.work = [
      ...Array.from({ length: APPS }, (_, index) => this.runApp(`app ${index}`)),
      ...Array.from({ length: DRIVEN_APPS }, (_, index) =>
        this.drivenApp(`driven app ${index}`).run((requests) => this.drivenPace.turn(requests)),
      ),
    ];
    // Reported by `finish`, and not before.
    for (const app of this.work) app.catch(() => undefined);
  }

  static async start(options: LoadOptions): Promise<Load> {
    const { databaseUrl, temporalAddress } = options;
    const closing = new AbortController();
    const clients = await Promise.all(
      Array.from({ length: CLIENTS }, async () => {
        const connection = await connect(temporalAddress, closing.signal);
        const intents = await IntentClient.connect({ databaseUrl, temporal: { connection } });
        return { connection, intents, temporal: new Client({ connection }) };
      }),
    );
    return new Load(options, clients, closing);
  }

  /** Requests to intents that are not driven: what the schedule counts. */
  get taken(): number {
    return this.pace.taken;
  }

  /** @param upTo requests from the beginning of the run on, and as large a share of those to driven intents */
  allow(upTo: number): void {
    this.pace.allow(upTo);
    this.drivenPace.allow(this.drivenShare(upTo));
  }

  async reached(requests: number, expired: AbortSignal): Promise<void> {
    await this.pace.reached(requests, expired);
    await this.drivenPace.reached(this.drivenShare(requests), expired);
  }

  /** Creates the intents that no request has reached, and lets every app finish what it is at. */
  async finish(): Promise<void> {
    this.pace.close();
    this.drivenPace.close();
    await Promise.all(this.work);
    const [first] = this.clients;
    if (first !== undefined) await this.using(this.book.createRest(first.intents));
  }

  /** Lets driven intents go on that were paused: nothing else would end them. */
  async resume(ids: readonly string[]): Promise<void> {
    await this.using(Promise.all(ids.map((id) => this.atTheEnd.resume(id))));
  }

  /**
   * Ends what apps are at, then the connections. A call that has failed is sent again by a timer of the SDK, which throws
   * where nobody can catch it when the connection has been closed meanwhile.
   */
  async close(): Promise<void> {
    this.pace.close();
    this.drivenPace.close();
    this.closing.abort(new Error('the load is over'));
    await Promise.allSettled(this.work);
    await Promise.all(
      this.clients.map(async ({ intents, connection }) => {
        await intents.close();
        await connection.close();
      }),
    );
  }

  private async using<T>(work: Promise<T>): Promise<T> {
    this.work.push(work);
    return work;
  }

  private drivenShare(requests: number): number {
    return Math.floor((requests * this.options.drivenRequests) / this.options.requests);
  }

  /** @param stream of its own, so that what one app draws does not shift what another gets */
  private parts(stream: string): Omit<SenderParts, 'learn'> {
    const { clients, log, closing } = this;
    return { clients, log, closing: closing.signal, random: seededRandom(this.options.seed, stream) };
  }

  private drivenApp(stream: string): DrivenApp {
    return new DrivenApp(this.driven, this.parts(stream), this.cancellations);
  }

  private async runApp(stream: string): Promise<void> {
    const parts = this.parts(stream);
    const { random } = parts;
    const app = new App(this.book, parts);
    for (;;) {
      const what = whatNext(random);
      if (!(await this.pace.turn(what === 'race' ? CONTESTANTS : 1))) return;
      const id = await app.intent();
      if (what === 'race') await app.race(id, CONTESTANTS);
      else if (what === 'move') await app.move(id, this.mayEnd(random));
      else await app[what](id);
    }
  }

  private mayEnd(random: SeededRandom): boolean {
    const late = this.pace.taken > (this.options.requests * ENDS_FROM_PERCENT) / 100;
    return late && random.chance(ENDS_PERCENT);
  }
}

/** A connection that sends calls again as usual, until it is to be closed. */
async function connect(address: string, closing: AbortSignal): Promise<Connection> {
  const { delayFunction, retryableDecider } = defaultGrpcRetryOptions();
  const again = makeGrpcRetryInterceptor({
    delayFunction,
    retryableDecider: (attempt, status) => !closing.aborted && retryableDecider(attempt, status),
  });
  return Connection.connect({ address, interceptors: [again] });
}

function whatNext(random: SeededRandom) {
  const drawn = random.int(1, 100);
  if (drawn <= 40) return 'move';
  if (drawn <= 60) return 'fireAndForget';
  if (drawn <= 75) return 'signal';
  if (drawn <= 87) return 'wrongRequest';
  if (drawn <= 93) return 'race';
  return 'repeat';
}
