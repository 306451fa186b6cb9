import type { LookupAddress } from 'node:dns';

import { receiverProblem, urlProblem } from '../../src/webhooks/check-url';
import { postMessage } from '../../src/webhooks/post-message';
import { isPublicAddress } from '../../src/webhooks/public-address';
import type { ReceiverRules } from '../../src/webhooks/receiver-rules';
import { newSecret } from '../../src/webhooks/sign';
import { startReceiver, type Receiver } from '../setup/receiver';

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());

const addresses = (...list: string[]): LookupAddress[] =>
  list.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

/** Names lead where a test says, one look-up after the other. */
function leadingTo(...answers: string[][]): ReceiverRules & { looked: number } {
  const rules = {
    privateHosts: [],
    looked: 0,
    resolve: (_name: string, _options: object, done: (error: null, found: LookupAddress[]) => void) => {
      rules.looked += 1;
      done(null, addresses(...(answers[Math.min(rules.looked, answers.length) - 1] ?? [])));
    },
  };
  return rules;
}

const NOT_PUBLIC = [
  '127.0.0.1',
  '127.8.9.10',
  '0.0.0.0',
  '10.1.2.3',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '240.0.0.1',
  '::',
  '::1',
  '::7f00:1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '64:ff9b::7f00:1',
  '64:ff9b:1::a00:1',
  '2002:7f00:1::',
  '2001:0:7f00:1::',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'fc00::1',
  'fd00:ec2::254',
  'ff02::1',
  '100::1',
  '2001:db8::1',
  'nothing',
];

test.each(NOT_PUBLIC)('%s is not a public address', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '2606:4700:4700::1111', '2a00:1450:4001:81b::200e'])(
  '%s is one',
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test.each([
  ['http://hooks.example.com', 'https://'],
  ['ftp://hooks.example.com', 'https://'],
  ['https://127.0.0.1/', 'not public'],
  // The same address, written otherwise.
  ['https://2130706433/', 'not public'],
  ['https://0x7f.1/', 'not public'],
  ['https://[::1]/', 'not public'],
  ['https://[::ffff:10.0.0.1]:8443/', 'not public'],
  ['https://169.254.169.254/latest/meta-data', 'not public'],
  ['https://localhost/', 'full host name'],
  ['https://intranet/', 'full host name'],
  ['https://ada:secret@hooks.example.com/', 'no user name'],
  ['https://hooks.example.com:22/', 'port'],
  ['https://hooks.example.com:80/', 'port'],
  ['https://hooks.example.com/#here', 'fragment'],
  ['hooks.example.com', 'URL'],
])('%s is refused: %s', (url, why) => {
  expect(urlProblem(url, { privateHosts: [] })).toContain(why);
});

test('what an operator lets be private may be that, and what is public needs no leave', () => {
  const rules = { privateHosts: ['localhost', '127.0.0.1'] };
  expect(urlProblem('http://localhost:3000/', rules)).toBeUndefined();
  expect(urlProblem('http://127.0.0.1:80/', rules)).toBeUndefined();
  expect(urlProblem('http://127.0.0.2/', rules)).toContain('https://');
  expect(urlProblem('https://hooks.example.com:8443/a?b=c', rules)).toBeUndefined();
});

test('a name that leads inside is refused when a webhook is made, one that nobody knows is not', async () => {
  const url = 'https://hooks.example.com/';
  await expect(receiverProblem(url, leadingTo(['10.0.0.1']))).resolves.toContain('not public');
  await expect(receiverProblem(url, leadingTo(['8.8.8.8', '::1']))).resolves.toContain('not public');
  await expect(receiverProblem(url, leadingTo(['8.8.8.8']))).resolves.toBeUndefined();
  await expect(receiverProblem(url, leadingTo([]))).resolves.toBeUndefined();
});

describe('when a message is sent', () => {
  const message = { id: 'msg_1', body: '{}' };
  const send = (url: string, rules: ReceiverRules) =>
    postMessage({ url, secrets: [newSecret()] }, message, rules);

  test('a name that leads to this machine by then is not connected to, and not told of', async () => {
    const rules = leadingTo(['8.8.8.8'], ['127.0.0.1']);
    const url = `https://hooks.example.com:${receiver.port}/`;
    await expect(receiverProblem(url, rules)).resolves.toBeUndefined();
    const posted = await send(url, rules);
    expect(posted).toEqual({
      status: null,
      problem: 'The name of the receiver leads to an address that is not public',
      response: null,
    });
    expect(rules.looked).toBe(2);
    expect(receiver.connections).toBe(0);
  });

  test('one public address beside a private one does not help', async () => {
    const posted = await send(
      `https://hooks.example.com:${receiver.port}/`,
      leadingTo(['8.8.8.8', '127.0.0.1']),
    );
    expect(posted.problem).toContain('not public');
    expect(receiver.connections).toBe(0);
  });

  test('an address that was let through once is refused when the rules say otherwise', async () => {
    const posted = await send(receiver.url, { privateHosts: [] });
    expect(posted.problem).toContain('must begin with https://');
    const secure = await send(receiver.url.replace('http', 'https'), { privateHosts: [] });
    expect(secure.problem).toContain('not public');
    expect(receiver.connections).toBe(0);
    const allowed = await send(receiver.url, { privateHosts: ['127.0.0.1'] });
    expect([allowed, receiver.connections]).toEqual([{ status: 204, response: null }, 1]);
  });
});
