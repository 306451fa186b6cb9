import { randomUUID } from 'node:crypto';

import { createIntent } from '../../src/database/create-intent';
import { insertOutcomes } from '../../src/database/insert-outcomes';
import { readHistory } from '../../src/database/read-history';
import { readIntents } from '../../src/database/read-intents';
import { registerGraph } from '../../src/database/register-graph';
import { contentIntentGraph } from '../../src/graph';
import { AT, applied, newIntent, refusal, TO_PENDING, useDatabase } from './use-database';

const pools = useDatabase('create intent');

const graph = (name: string, version: number, first = 'OPEN') => ({
  name,
  version,
  steps: [{ key: 'only', label: `Version ${version}`, states: [first] }],
  transitions: { [first]: ['CLOSED'] },
  terminal: ['CLOSED'],
});

test('a new intent has its row and its first audit row', async () => {
  const intent = newIntent({ title: 'Spring', metadata: { a: [1] }, createdBy: 'ada' });
  const created = await createIntent(pools.engine, intent);
  expect(created).toEqual({
    graph: contentIntentGraph,
    transitionedAt: AT,
    hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    personalSalt: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
  });
  expect(await readIntents(pools.engine, [intent.id])).toMatchObject([
    {
      id: intent.id,
      organizationId: intent.organizationId,
      state: 'CREATED',
      sequence: 1,
      auditHash: created.hash,
      graphName: 'content-intent',
      graphVersion: 1,
      title: 'Spring',
      metadata: { a: [1] },
      createdBy: 'ada',
      runId: intent.runId,
      endedAt: null,
    },
  ]);
  expect(await readHistory(pools.engine, intent.id)).toMatchObject([
    {
      sequence: 1,
      requestId: 'creation',
      previousState: null,
      newState: 'CREATED',
      actor: 'ada',
      transitionedAt: new Date(AT),
      hash: created.hash,
    },
  ]);
});

test('creating again returns what was stored first, also after the intent has moved', async () => {
  const intent = newIntent();
  const created = await createIntent(pools.engine, intent);
  const later = { ...intent, transitionedAt: '2030-01-01T00:00:00.000Z', title: 'another' };
  await expect(createIntent(pools.engine, later)).resolves.toEqual(created);
  await insertOutcomes(pools.engine, intent, [applied(2, TO_PENDING)]);
  await expect(createIntent(pools.engine, later)).resolves.toEqual(created);
  expect(await readIntents(pools.engine, [intent.id])).toMatchObject([{ title: null, sequence: 2 }]);
});

test('twenty workers that create the same intent at once create one', async () => {
  const intent = newIntent();
  const created = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      createIntent(pools.engine, {
        ...intent,
        transitionedAt: new Date(Date.parse(AT) + index).toISOString(),
      }),
    ),
  );
  expect(new Set(created.map((result) => JSON.stringify(result))).size).toBe(1);
  expect(await readHistory(pools.engine, intent.id)).toHaveLength(1);
});

test('another workflow, or another organization, with the same id is IE005', async () => {
  const intent = newIntent();
  await createIntent(pools.engine, intent);
  await expect(refusal(createIntent(pools.engine, { ...intent, runId: randomUUID() }))).resolves.toBe(
    'IE005',
  );
  await expect(
    refusal(createIntent(pools.engine, { ...intent, organizationId: randomUUID() })),
  ).resolves.toBe('IE005');
});

test('a graph that is not registered is IE006, says how to register it, and leaves no row', async () => {
  const missing = newIntent({ graphName: 'unheard-of' });
  await expect(createIntent(pools.engine, missing)).rejects.toMatchObject({
    code: 'IE006',
    message: 'graph unheard-of is not registered',
    hint: 'Register it with: intent graph register FILE',
  });
  await expect(createIntent(pools.engine, newIntent({ graphVersion: 7 }))).rejects.toMatchObject({
    code: 'IE006',
    message: 'graph content-intent@7 is not registered',
  });
  expect(await readIntents(pools.engine, [missing.id])).toEqual([undefined]);
});

test('the newest version is chosen at the creation, and kept when a newer one is registered', async () => {
  for (const version of [2, 10, 9]) await registerGraph(pools.owner, graph('versions', version));
  const intent = newIntent({ graphName: 'versions' });
  await expect(createIntent(pools.engine, intent)).resolves.toMatchObject({ graph: { version: 10 } });

  await registerGraph(pools.owner, graph('versions', 11, 'ELSEWHERE'));
  await expect(createIntent(pools.engine, intent)).resolves.toMatchObject({ graph: { version: 10 } });
  const next = newIntent({ graphName: 'versions' });
  await expect(createIntent(pools.engine, next)).resolves.toMatchObject({ graph: { version: 11 } });
  const old = newIntent({ graphName: 'versions', graphVersion: 2 });
  await expect(createIntent(pools.engine, old)).resolves.toMatchObject({ graph: { version: 2 } });

  const move = applied(2, ['OPEN', 'CLOSED']);
  await expect(insertOutcomes(pools.engine, intent, [move])).resolves.toHaveLength(1);
  await expect(refusal(insertOutcomes(pools.engine, next, [move]))).resolves.toBe('IE001');
});
