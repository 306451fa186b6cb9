import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Intents, MoveOutcome } from '../../src/client';
import { CHECKOUT } from '../../src/dev/checkout';
import { runCommand } from '../../src/dev/machine/run-command';
import { HttpIntentClient } from '../../src/http-client';
import { owesAllOfIntents, type Actor } from '../client/shared-examples';
import { claimGraph } from '../setup/claim-graph';
import { startGateway, type TestGateway } from '../setup/gateway';
import { createIntentEnvironment, ORGANIZATION, type IntentEnvironment } from '../setup/intent-environment';
import { register } from '../setup/register';

let environment: IntentEnvironment;
let gateway: TestGateway;
let far: Record<Actor, HttpIntentClient>;

beforeAll(async () => {
  environment = await createIntentEnvironment('both-clients');
  await register(environment.database, claimGraph(), claimGraph({}, 2));
  await environment.startWorker();
  gateway = await startGateway(environment);
  far = { ada: await connect('ada'), bob: await connect('bob'), grace: await connect('grace') };
});
afterAll(async () => {
  await gateway.close();
  await environment.close();
});

async function connect(actor: Actor): Promise<HttpIntentClient> {
  const apiKey = await gateway.key({ actor, roles: ['supervisor', 'administration'] });
  return HttpIntentClient.connect({ url: gateway.url, apiKey });
}

const near = (actor: Actor): Intents =>
  environment.intents.as({ organizationId: ORGANIZATION, actor, scope: 'admin' });

describe('IntentClient, as somebody', () => {
  owesAllOfIntents(near);

  test('without a scope may not force', async () => {
    const nobody = environment.intents.as({ organizationId: ORGANIZATION, actor: 'mallory' });
    const { id } = await nobody.create({ graph: 'claim' });
    const outcome = await nobody.force(id, { to: 'PAID', reason: 'please' });
    expect(outcome).toMatchObject({ status: 'rejected', code: 'NOT_PERMITTED' });
  });

  test('lets nobody else speak', async () => {
    const { id } = await near('ada').create({
      graph: 'claim',
      ...{ createdBy: 'mallory', organizationId: randomUUID() },
    });
    await near('ada').transition(id, { to: 'SUBMITTED', ...{ actor: 'mallory' } });
    expect(await near('ada').history(id)).toMatchObject([{ actor: 'ada' }, { actor: 'ada' }]);
    expect(await near('ada').describe(id)).toMatchObject({ organizationId: ORGANIZATION });
  });
});

describe('HttpIntentClient', () => {
  owesAllOfIntents((actor) => far[actor]);

  test('without the scope may not force', async () => {
    const apiKey = await gateway.key({ scopes: ['read', 'transition', 'approve'] });
    const intents = await HttpIntentClient.connect({ url: gateway.url, apiKey });
    const { id } = await intents.create({ graph: 'claim' });
    const forced = intents.force(id, { to: 'PAID', reason: 'please' });
    await expect(forced).rejects.toMatchObject({ code: 'SCOPE_MISSING' });
  });

  test('votes in a role of its key alone', async () => {
    const { id } = await far.ada.create({ graph: 'claim' });
    await far.ada.transition(id, { to: 'SUBMITTED' });
    const vote = far.bob.approve(id, { to: 'APPROVED', role: 'budget owner' });
    await expect(vote).rejects.toMatchObject({ code: 'ROLE_MISSING' });
  });

  test('moves an intent with a key that may not read', async () => {
    const apiKey = await gateway.key({ scopes: ['transition'] });
    const intents = await HttpIntentClient.connect({ url: gateway.url, apiKey });
    const { id } = await intents.create({ graph: 'claim' });
    expect(await intents.transition(id, { to: 'SUBMITTED' })).toMatchObject({ status: 'applied' });
    await expect(intents.describe(id)).rejects.toMatchObject({ code: 'SCOPE_MISSING' });
  });

  test('with a key that is none is UNAUTHENTICATED', async () => {
    const intents = await HttpIntentClient.connect({ url: gateway.url, apiKey: 'nothing' });
    await expect(intents.create()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

test('both make the same intent of the same key, and have the same trail', async () => {
  const idempotencyKey = `campaign-${randomUUID()}`;
  const { id } = await near('ada').create({ graph: 'claim', idempotencyKey });
  await near('ada').waitForState(id, 'DRAFT');
  expect(await far.bob.create({ graph: 'claim', idempotencyKey })).toEqual({ id, created: false });
  const first = await far.bob.transition(id, { to: 'SUBMITTED', requestId: 'r' });
  expect(await near('ada').transition(id, { to: 'SUBMITTED', requestId: 'r' })).toEqual(first);
  expect(await far.ada.history(id)).toEqual(await near('ada').history(id));
  expect(await far.ada.describe(id)).toEqual(await near('ada').describe(id));
});

test('over HTTP no answer that is lost makes a request happen twice, or be lost', async () => {
  let tries = 0;
  const intents = await HttpIntentClient.connect({
    url: gateway.url,
    apiKey: await gateway.key(),
    // The gateway has taken it, and decided it. Every second answer arrives.
    fetch: async (...request) => {
      const response = await fetch(...request);
      tries += 1;
      if (tries % 2 === 0) return response;
      await response.arrayBuffer();
      throw new TypeError('fetch failed');
    },
  });
  const { id, created } = await intents.create({ graph: 'claim' });
  expect(created).toBe(true);
  const outcomes: MoveOutcome[] = [];
  for (const to of ['SUBMITTED', 'DRAFT', 'SUBMITTED', 'REFUSED']) {
    outcomes.push(await intents.transition(id, { to }));
  }
  expect(tries).toBe(10);
  expect(outcomes.map(({ status }) => status)).toEqual(Array(4).fill('applied'));
  expect((await near('ada').history(id)).map(({ requestId }) => requestId)).toEqual([
    'creation',
    ...outcomes.map(({ requestId }) => requestId),
  ]);
});

test('the example of the guide runs, and prints what it says', async () => {
  const guide = readFileSync(join(CHECKOUT, 'docs/guides/http-client.md'), 'utf8');
  const [, code = ''] = /^```ts\n(.*?)^```$/ms.exec(guide) ?? [];
  const expected = [...code.matchAll(/\/\/ (.*)$/gm)].map(([, line]) => line);
  expect(expected).toHaveLength(5);
  const folder = await mkdtemp(join(tmpdir(), 'http-client-guide-'));
  try {
    const file = join(folder, 'example.ts');
    await writeFile(file, code);
    const printed = await runCommand(process.execPath, {
      args: [join(CHECKOUT, 'node_modules/jiti/lib/jiti-cli.mjs'), file],
      env: {
        ...process.env,
        JITI_ALIAS: JSON.stringify({
          'intent-engine-http-client': join(CHECKOUT, 'src/http-client/index.ts'),
        }),
        JITI_FS_CACHE: 'false',
        INTENT_API_URL: gateway.url,
        INTENT_API_KEY: await gateway.key(),
      },
    });
    expect(printed.trimEnd().split('\n')).toEqual(expected);
  } finally {
    await rm(folder, { recursive: true });
  }
});
