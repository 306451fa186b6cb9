import { GATEWAY_LIMITS } from './limits';

interface Waiting<Key, Value> {
  key: Key;
  resolve: (value: Value) => void;
  reject: (error: unknown) => void;
}

/**
 * Asks for many keys in one query. Whoever comes while one is under way waits for the next, so no answer is older than its
 * question: a key that was revoked before a request came is seen to be. Of 500 requests at once each had asked for itself
 * before, and the last ones found no connection in time.
 *
 * @example
 * const intents = new BatchedReads((ids: readonly string[]) => readIntents(database, ids));
 * const row = await intents.read(id);
 */
export class BatchedReads<Key, Value> {
  private waiting: Array<Waiting<Key, Value>> = [];
  private running = false;

  /** @param ask gives the values in the order of the keys */
  constructor(private readonly ask: (keys: readonly Key[]) => Promise<readonly Value[]>) {}

  read(key: Key): Promise<Value> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ key, resolve, reject });
      if (!this.running) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.waiting.length > 0) {
      const asked = this.waiting.splice(0, GATEWAY_LIMITS.keysPerQuery);
      try {
        const values = await this.ask(asked.map(({ key }) => key));
        asked.forEach(({ resolve }, index) => resolve(values[index] as Value));
      } catch (error) {
        for (const { reject } of asked) reject(error);
      }
    }
    this.running = false;
  }
}
