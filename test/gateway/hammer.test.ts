import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';

import { startGateway, type TestGateway } from '../setup/gateway';
import { createIntentEnvironment, type IntentEnvironment } from '../setup/intent-environment';

let environment: IntentEnvironment;
let gateway: TestGateway;
let key: string;

beforeAll(async () => {
  environment = await createIntentEnvironment('gateway-hammer');
  await environment.startWorker();
  gateway = await startGateway(environment);
  key = await gateway.key();
});
afterAll(async () => {
  await gateway.close();
  await environment.close();
});

async function newIntent(): Promise<string> {
  const { status, body } = await gateway.send('POST', '/v1/intents', {
    body: {},
    headers: { prefer: 'wait=30' },
  });
  expect(status).toBe(201);
  return (body as { id: string }).id;
}

interface Answers {
  statuses: Record<number, number>;
  bodies: unknown[];
  /** Requests that were sent before the first answer came, each on a connection of its own. */
  underWay: number;
}

/** Sends requests over as many connections, all of which are open before the first of them is used. */
async function hammer(id: string, count: number, headers: Record<string, string> = {}): Promise<Answers> {
  const agent = new Agent({ keepAlive: true, maxSockets: count, maxFreeSockets: count });
  const sockets = new Set<unknown>();
  let sent = 0;
  let underWay: number | undefined;
  const ask = (method: string, path: string, body: string, extra: Record<string, string>) =>
    new Promise<{ status: number; body: unknown }>((resolve, reject) => {
      const asked = request(
        `${gateway.url}${path}`,
        { agent, method, headers: { authorization: `Bearer ${key}`, ...extra } },
        (answer) => {
          if (method === 'POST') underWay ??= sent;
          const parts: Buffer[] = [];
          answer.on('data', (part: Buffer) => parts.push(part));
          answer.on('error', reject);
          answer.on('end', () =>
            resolve({
              status: answer.statusCode ?? 0,
              body: JSON.parse(Buffer.concat(parts).toString()) as unknown,
            }),
          );
        },
      );
      asked.on('error', reject);
      asked.on('socket', (socket) => sockets.add(socket));
      asked.on('finish', () => {
        if (method === 'POST') sent += 1;
      });
      asked.end(body);
    });
  try {
    // Opens the connections.
    await Promise.all(Array.from({ length: count }, () => ask('GET', '/livez', '', {})));
    expect(sockets.size).toBe(count);
    const answers = await Promise.all(
      Array.from({ length: count }, () =>
        ask('POST', `/v1/intents/${id}/transitions`, JSON.stringify({ to: 'ICP_PENDING' }), {
          'content-type': 'application/json',
          prefer: 'wait=60',
          ...headers,
        }),
      ),
    );
    expect(sockets.size).toBe(count);
    const statuses: Record<number, number> = {};
    for (const { status } of answers) statuses[status] = (statuses[status] ?? 0) + 1;
    return { statuses, bodies: answers.map(({ body }) => body), underWay: underWay ?? 0 };
  } finally {
    agent.destroy();
  }
}

async function rows(id: string): Promise<{ audit: number; rejections: number }> {
  const { rows: found } = await environment.superuser.query<{ audit: number; rejections: number }>(
    `SELECT (SELECT count(*)::int FROM workflow_transition_audit WHERE workflow_id = $1 AND sequence > 1) AS audit,
            (SELECT count(*)::int FROM workflow_transition_rejections WHERE workflow_id = $1) AS rejections`,
    [id],
  );
  return found[0] as { audit: number; rejections: number };
}

const SIZES = [3, 5, 20, 100, 500];

test.each(SIZES)(
  'exactly one of %i simultaneous requests for one edge is answered with 200, the others with 409',
  async (count) => {
    const id = await newIntent();
    const { statuses, bodies, underWay } = await hammer(id, count);
    expect(underWay).toBe(count);
    expect(statuses).toEqual({ 200: 1, 409: count - 1 });
    const problems = bodies.filter((body) => 'code' in (body as object));
    expect(problems).toHaveLength(count - 1);
    for (const problem of problems) expect(problem).toMatchObject({ outcome: { status: 'rejected' } });
    expect(await rows(id)).toEqual({ audit: 1, rejections: count - 1 });
  },
);

test.each(SIZES)(
  '%i simultaneous requests with one Idempotency-Key are one: all have its outcome',
  async (count) => {
    const id = await newIntent();
    const { statuses, bodies, underWay } = await hammer(id, count, { 'idempotency-key': randomUUID() });
    expect(underWay).toBe(count);
    expect(statuses).toEqual({ 200: count });
    for (const body of bodies) expect(body).toEqual(bodies[0]);
    expect(bodies[0]).toMatchObject({ status: 'applied', sequence: 2 });
    expect(await rows(id)).toEqual({ audit: 1, rejections: 0 });
  },
);
