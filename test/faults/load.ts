import { Client, Connection } from '@temporalio/client';

import { IntentClient } from '../../src/client';
import { App, type AppClients } from './app';
import { IntentBook } from './intent-book';
import { Pace } from './pace';
import { RequestLog } from './request-log';
import { seededRandom, type SeededRandom } from './seeded-random';

export interface LoadOptions {
  seed: number;
  requests: number;
  intents: number;
  databaseUrl: string;
  temporalAddress: string;
}

/** Processes of apps, each with connections of its own, and things that they do at a time. */
const CLIENTS = 4;
const APPS = 48;
const CONTESTANTS = 3;

/** Intents are ended only in the last part of a run, and few of them: an ended one takes no more requests. */
const ENDS_FROM_PERCENT = 80;
const ENDS_PERCENT = 3;

/** Apps that send requests, as many as the pace allows. */
export class Load {
  readonly log = new RequestLog();
  readonly pace = new Pace();
  readonly book: IntentBook;
  private readonly apps: Promise<void>[];

  private constructor(
    private readonly options: LoadOptions,
    private readonly clients: readonly AppClients[],
  ) {
    this.book = new IntentBook(options.intents, `faults ${options.seed}`);
    this.apps = Array.from({ length: APPS }, (_, index) => this.runApp(index));
    // Reported by `finish`, and not before.
    for (const app of this.apps) app.catch(() => undefined);
  }

  static async start(options: LoadOptions): Promise<Load> {
    const { databaseUrl, temporalAddress } = options;
    const clients = await Promise.all(
      Array.from({ length: CLIENTS }, async () => {
        const connection = await Connection.connect({ address: temporalAddress });
        const intents = await IntentClient.connect({ databaseUrl, temporal: { connection } });
        return { connection, intents, temporal: new Client({ connection }) };
      }),
    );
    return new Load(options, clients);
  }

  /** Creates the intents that no request has reached, and lets every app finish what it is at. */
  async finish(): Promise<void> {
    this.pace.close();
    await Promise.all(this.apps);
    const [first] = this.clients;
    if (first !== undefined) await this.book.createRest(first.intents);
  }

  async close(): Promise<void> {
    this.pace.close();
    this.book.close();
    await Promise.all(
      this.clients.map(async ({ intents, connection }) => {
        await intents.close();
        await connection.close();
      }),
    );
  }

  private async runApp(index: number): Promise<void> {
    const random = seededRandom(this.options.seed, `app ${index}`);
    const app = new App(this.clients, this.book, this.log, random);
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

function whatNext(random: SeededRandom) {
  const drawn = random.int(1, 100);
  if (drawn <= 40) return 'move';
  if (drawn <= 60) return 'fireAndForget';
  if (drawn <= 75) return 'signal';
  if (drawn <= 87) return 'wrongRequest';
  if (drawn <= 93) return 'race';
  return 'repeat';
}
