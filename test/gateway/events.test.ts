import {
  createIntentEnvironment,
  OTHER_ORGANIZATION,
  type IntentEnvironment,
} from '../setup/intent-environment';
import { startGateway, type TestGateway } from '../setup/gateway';

let environment: IntentEnvironment;
let gateway: TestGateway;

beforeAll(async () => {
  environment = await createIntentEnvironment('gateway-events');
  await environment.startWorker();
  gateway = await startGateway(environment);
});
afterAll(async () => {
  await gateway.close();
  await environment.close();
});

interface Received {
  id: string;
  event: string;
  data: { intentId: string; transition: { sequence: number; newState: string } };
}

/** A stream as a client reads it. */
class Stream {
  private readonly controller = new AbortController();
  private readonly events: AsyncGenerator<Received>;

  private constructor(response: Response) {
    this.events = read(response);
  }

  static async open(from: TestGateway, path: string, key: string, lastEventId?: string): Promise<Stream> {
    const controller = new AbortController();
    const response = await fetch(`${from.url}${path}`, {
      headers: {
        authorization: `Bearer ${key}`,
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      },
      signal: controller.signal,
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    const stream = new Stream(response);
    stream.controller.signal.addEventListener('abort', () => controller.abort());
    return stream;
  }

  async take(count: number): Promise<Received[]> {
    const taken: Received[] = [];
    while (taken.length < count) {
      const next = await this.events.next();
      if (next.done === true) throw new Error(`The stream ended after ${taken.length} of ${count} events.`);
      taken.push(next.value);
    }
    return taken;
  }

  close(): void {
    this.controller.abort();
  }
}

async function* read(response: Response): AsyncGenerator<Received> {
  let text = '';
  try {
    const decoder = new TextDecoder();
    for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
      const blocks = (text + decoder.decode(part, { stream: true })).split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const lines = block.split('\n').map((line) => line.split(/: (.*)/s) as [string, string]);
        const fields: Partial<Record<string, string>> = Object.fromEntries(lines);
        if (fields.id !== undefined) {
          yield {
            id: fields.id,
            event: fields.event ?? '',
            data: JSON.parse(fields.data ?? 'null') as Received['data'],
          };
        }
      }
    }
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error;
  }
}

async function newIntent(key?: string): Promise<string> {
  const { body } = await gateway.send('POST', '/v1/intents', {
    body: {},
    headers: { prefer: 'wait=20' },
    ...(key === undefined ? {} : { key }),
  });
  return (body as { id: string }).id;
}

const move = (id: string, to: string) => environment.intents.transition(id, { to });
const states = (events: Received[]) => events.map(({ data }) => data.transition.newState);

describe('the stream of an intent', () => {
  test('begins with its creation, and goes on as it moves', async () => {
    const id = await newIntent();
    const stream = await Stream.open(gateway, `/v1/intents/${id}/events`, await gateway.key());
    expect(states(await stream.take(1))).toEqual(['CREATED']);
    await move(id, 'ICP_PENDING');
    await move(id, 'ICP_PROCESSING');
    expect(states(await stream.take(2))).toEqual(['ICP_PENDING', 'ICP_PROCESSING']);
    stream.close();
  });

  test('goes on after the last event that a client has seen', async () => {
    const id = await newIntent();
    await move(id, 'ICP_PENDING');
    await move(id, 'ICP_PROCESSING');
    const stream = await Stream.open(gateway, `/v1/intents/${id}/events`, await gateway.key(), '2-0');
    expect(states(await stream.take(1))).toEqual(['ICP_PROCESSING']);
    stream.close();
  });

  test('refuses an id that is none of its own', async () => {
    const id = await newIntent();
    const { status, body } = await gateway.send('GET', `/v1/intents/${id}/events`, {
      headers: { 'last-event-id': 'seven' },
    });
    expect([status, body]).toMatchObject([400, { code: 'INVALID_ARGUMENT' }]);
  });
});

describe('the stream of an organization', () => {
  test('misses nothing and repeats nothing over reconnects and another gateway, while 40 intents move at once', async () => {
    const other = await startGateway(environment);
    const key = await gateway.key();
    try {
      let stream = await Stream.open(gateway, '/v1/events', key);
      const ids = await Promise.all(Array.from({ length: 40 }, () => newIntent()));
      const moving = Promise.all(ids.map((id) => move(id, 'ICP_PENDING')));
      const seen: Received[] = [];
      // 80 events, five at a time, by turns from the two gateways.
      for (let round = 0; round < 16; round += 1) {
        seen.push(...(await stream.take(5)));
        stream.close();
        stream = await Stream.open(round % 2 === 0 ? other : gateway, '/v1/events', key, seen.at(-1)?.id);
      }
      stream.close();
      await moving;

      expect(seen.map(({ id }) => Number(id))).toEqual(seen.map((_, index) => Number(seen[0]?.id) + index));
      const byIntent = new Map(ids.map((id) => [id, seen.filter(({ data }) => data.intentId === id)]));
      expect([...byIntent.keys()].toSorted()).toEqual(ids.toSorted());
      for (const events of byIntent.values()) {
        expect(events.map(({ data }) => data.transition.sequence)).toEqual([1, 2]);
      }
    } finally {
      await other.close();
    }
  });

  test('shows nothing of another organization, and counts for itself', async () => {
    const theirs = await gateway.key({ organizationId: OTHER_ORGANIZATION });
    const stream = await Stream.open(gateway, '/v1/events', theirs);
    await newIntent();
    const id = await newIntent(theirs);
    const [event] = await stream.take(1);
    expect([event?.id, event?.data.intentId]).toEqual(['1', id]);
    stream.close();
  });

  test('tells a client that has seen more than there is, after a restore say, to read anew', async () => {
    const { status, body } = await gateway.send('GET', '/v1/events', {
      headers: { 'last-event-id': '999999' },
    });
    expect([status, body]).toMatchObject([410, { code: 'EVENTS_GONE' }]);
  });
});

test('a gateway that stops ends its streams at once', async () => {
  const stopping = await startGateway(environment);
  const id = await newIntent();
  const stream = await Stream.open(stopping, `/v1/intents/${id}/events`, await gateway.key());
  await stream.take(1);
  await stopping.close();
  await expect(stream.take(1)).rejects.toThrow('The stream ended');
});
