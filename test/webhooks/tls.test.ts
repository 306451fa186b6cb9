import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Posted } from '../../src/webhooks/post-message';
import { newSecret } from '../../src/webhooks/sign';

/**
 * A certificate for `localhost`, valid for a hundred years, by an authority that nobody else trusts and whose key is gone.
 */
const file = (name: string) => join(__dirname, 'certificates', name);

let server: Server;
let port: number;
let received = 0;

beforeAll(async () => {
  const identity = { key: readFileSync(file('localhost.key')), cert: readFileSync(file('localhost.crt')) };
  server = createServer(identity, (request, response) => {
    received += 1;
    request.resume().on('end', () => response.writeHead(200).end('thanks'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
beforeEach(() => {
  received = 0;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Posts a message from a process of its own, as Node takes authorities to trust only when it starts. */
async function post(host: string, env: Record<string, string> = {}): Promise<Posted> {
  const target = { url: `https://${host}:${port}/hooks`, secrets: [newSecret()] };
  const message = { id: 'message-1', body: '{"type":"intent.test"}' };
  const script =
    `require('./dist/webhooks/post-message').postMessage(...${JSON.stringify([target, message, { privateHosts: [host] }])})` +
    '.then((posted) => console.log(JSON.stringify(posted)))';
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], {
    cwd: join(__dirname, '..', '..'),
    env: { PATH: process.env.PATH, ...env },
  });
  return JSON.parse(stdout) as Posted;
}

test('a message goes over TLS to a receiver whose certificate is good', async () => {
  const posted = await post('localhost', { NODE_EXTRA_CA_CERTS: file('ca.crt') });
  expect(posted).toEqual({ status: 200, response: 'thanks' });
  expect(received).toBe(1);
});

test.each([
  ['of an authority that nobody trusts', 'localhost', {}, /unable to verify|self.signed|local issuer/],
  ['of another name', '127.0.0.1', { NODE_EXTRA_CA_CERTS: file('ca.crt') }, /does not match/],
])('nothing is sent to a receiver that has a certificate %s', async (_what, host, env, problem) => {
  expect(await post(host, env)).toEqual({
    status: null,
    response: null,
    problem: expect.stringMatching(problem) as string,
  });
  expect(received).toBe(0);
});
