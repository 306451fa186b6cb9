import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

import { LOOPBACK } from '../../src/dev/machine/ports';
import { eventually } from '../setup/eventually';
import { TcpRelay } from './tcp-relay';

let echo: Server;
let relay: TcpRelay;
let sockets: Socket[];

beforeEach(async () => {
  sockets = [];
  echo = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  }).listen(0, LOOPBACK);
  await once(echo, 'listening');
  relay = await TcpRelay.to((echo.address() as { port: number }).port);
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await relay.close();
  echo.close();
  await once(echo, 'close');
});

/** A connection through the relay; `heard` is all that came back. */
async function connected(): Promise<{ socket: Socket; heard: () => string; ended: Promise<unknown> }> {
  const socket = connect({ port: relay.port, host: LOOPBACK });
  sockets.push(socket);
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  socket.on('error', () => undefined);
  const ended = new Promise((resolve) => socket.once('close', resolve));
  await Promise.race([new Promise((resolve) => socket.once('connect', resolve)), ended]);
  return { socket, heard: () => text, ended };
}

test('forwards both ways, whatever is sent', async () => {
  const { socket, heard } = await connected();
  const much = 'abc'.repeat(100_000);
  socket.write(much);
  await eventually(() => expect(heard()).toBe(much));
});

test('a cut breaks the connections that there are and refuses new ones, until it is healed', async () => {
  const before = await connected();
  relay.cut();
  await before.ended;
  await (
    await connected()
  ).ended;
  relay.heal();
  const { socket, heard } = await connected();
  socket.write('hello');
  await eventually(() => expect(heard()).toBe('hello'));
});

test('silence breaks nothing and lets nothing through; what was said in it arrives once it is healed', async () => {
  const before = await connected();
  before.socket.write('one ');
  await eventually(() => expect(before.heard()).toBe('one '));
  relay.silence();
  before.socket.write('two');
  const during = await connected();
  during.socket.write('three');
  // Another connection to the server itself comes and goes in the meantime.
  const direct = connect({ port: (echo.address() as { port: number }).port, host: LOOPBACK });
  direct.write('x');
  await once(direct, 'data');
  direct.destroy();
  expect([before.heard(), during.heard()]).toEqual(['one ', '']);
  relay.heal();
  await eventually(() => expect([before.heard(), during.heard()]).toEqual(['one two', 'three']));
});
