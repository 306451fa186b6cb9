import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';

import { writeEvents, type ServerSentEvent } from '../../src/gateway/events/server-sent-events';
import { eventually } from '../setup/eventually';

/** An answer to a client that sends a request, and reads nothing of what comes. */
async function answerToTheDeaf() {
  const server = createServer();
  const answering = once(server, 'request') as Promise<[unknown, ServerResponse]>;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  client.on('error', () => undefined).write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  const [, response] = await answering;
  return {
    response,
    close: async () => {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test('a client that does not read makes the source wait, and is closed when the stream ends', async () => {
  const { response, close } = await answerToTheDeaf();
  const stream = new AbortController();
  let taken = 0;
  async function* endless(): AsyncGenerator<ServerSentEvent> {
    for (;;) {
      taken += 1;
      // As one that reads from Postgres does.
      await new Promise(setImmediate);
      yield { id: String(taken), event: 'transition', data: 'x'.repeat(10_000) };
    }
  }
  const written = writeEvents(response, endless(), stream.signal);
  let before = -1;
  let looks = 0;
  await eventually(() => {
    looks = taken === before && response.writableNeedDrain ? looks + 1 : 0;
    before = taken;
    expect(looks).toBe(10);
  });
  // What the kernel keeps for both sides, and one event.
  expect(response.writableLength).toBeLessThan(100_000);

  const closed = once(response, 'close');
  stream.abort();
  await written;
  await closed;
  expect(response.destroyed).toBe(true);
  expect(taken).toBe(before);
  await close();
}, 30_000);
