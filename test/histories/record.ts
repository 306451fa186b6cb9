/**
 * Records the histories that CI replays: `npm run histories`, or some of them: `npm run histories -- walk race`. Run it
 * when the workflow gains a path that none of them takes, and commit the new files beside the old ones; old ones stay
 * for as long as such intents may run.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

import { Context } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import type { Pool } from 'pg';

import { createActivities, createOperationsActivities } from '../../src/activities';
import { IntentClient } from '../../src/client';
import { createPool } from '../../src/database/pool';
import { startStack } from '../../src/dev/stack/stack';
import { OPERATIONS_TASK_QUEUE, VERIFY_WORKFLOW_TYPE } from '../../src/intent';
import { createIntentWorker, createOperationsWorker } from '../../src/worker';

const ORGANIZATION = '0b8fd1a5-6f6c-4a1d-9a67-0d0f4bb7a001';

interface Stage {
  intents: IntentClient;
  temporal: Client;
  owner: Pool;
  /** Local activities fail while it is set, as if Postgres did not answer. */
  away: { now: boolean };
}

/** Each returns the intent, or the Workflow ID, whose history is kept. */
const scenarios: Record<string, (stage: Stage) => Promise<string>> = {
  async walk({ intents }) {
    const { id } = await intents.create({ organizationId: ORGANIZATION, title: 'walk', createdBy: 'ada' });
    for (const to of ['ICP_PENDING', 'ICP_PROCESSING', 'ICP_FAILED', 'ICP_PROCESSING', 'ICP_COMPLETED']) {
      await intents.transition(id, { to, actor: 'ada', reason: 'recorded', metadata: { to } });
    }
    await intents.transition(id, { to: 'CANCELLED', expectedState: 'ICP_COMPLETED' });
    return id;
  },

  async race({ intents, temporal }) {
    const { id } = await intents.create({ organizationId: ORGANIZATION, title: 'race' });
    const handle = temporal.workflow.getHandle(id);
    await Promise.all([
      ...Array.from({ length: 20 }, () => intents.transition(id, { to: 'ICP_PENDING' })),
      ...[null, { to: 5 }, { kind: 'teleport', requestId: 'k' }].map((bad) => handle.signal('requestTransition', bad)),
      handle.signal('unknownSignal', {}),
    ]);
    await intents.transition(id, { to: 'ICP_PROCESSING', requestId: 'twice' });
    await intents.transition(id, { to: 'ICP_PROCESSING', requestId: 'twice' });
    await handle.executeUpdate('awaitOutcome', { args: ['twice'] });
    return id;
  },

  async continued({ intents }) {
    const { id } = await intents.create({ organizationId: ORGANIZATION, title: 'continued' });
    await intents.transition(id, { to: 'ICP_PENDING' });
    for (let round = 0; round < 60; round += 1) {
      const burst = Array.from({ length: 18 }, (_, index) =>
        intents.requestTransition(id, { to: index % 2 === 0 ? 'ICP_PROCESSING' : 'ICP_FAILED' }),
      );
      await Promise.all(burst);
      await intents.transition(id, { to: 'ICP_PENDING' });
    }
    return id;
  },

  async 'postgres-away'({ intents, away }) {
    const { id } = await intents.create({ organizationId: ORGANIZATION, title: 'postgres away' });
    await intents.waitForState(id, 'CREATED');
    away.now = true;
    await intents.transition(id, { to: 'ICP_PENDING' });
    await intents.transition(id, { to: 'COMPLETED' });
    away.now = false;
    await intents.transition(id, { to: 'ICP_PROCESSING' });
    return id;
  },

  async cancelled({ intents, temporal }) {
    const { id } = await intents.create({ organizationId: ORGANIZATION, title: 'cancelled' });
    await intents.transition(id, { to: 'ICP_PENDING' });
    await temporal.workflow.getHandle(id).cancel();
    await temporal.workflow.getHandle(id).result();
    return id;
  },

  async quarantined({ intents, owner }) {
    const { id } = await intents.create({ organizationId: ORGANIZATION, title: 'quarantined' });
    await intents.waitForState(id, 'CREATED');
    await owner.query(
      `INSERT INTO workflow_transition_audit
         (workflow_id, organization_id, sequence, request_id, previous_state, new_state, transitioned_at)
       VALUES ($1, $2, 2, 'forged', 'CREATED', 'CANCELLED', now())`,
      [id, ORGANIZATION],
    );
    await intents.requestTransition(id, { to: 'ICP_PENDING' });
    while ((await intents.describe(id)).quarantined === null) await setTimeout(50);
    await intents.transition(id, { to: 'ICP_PROCESSING' });
    return id;
  },

  async verified({ intents, temporal }) {
    const { id } = await intents.create({ organizationId: ORGANIZATION, title: 'verified' });
    await intents.waitForState(id, 'CREATED');
    const options = { taskQueue: OPERATIONS_TASK_QUEUE, workflowId: 'verified' };
    await temporal.workflow.execute(VERIFY_WORKFLOW_TYPE, options);
    return 'verified';
  },

  async 'verification-failed'({ temporal, away }) {
    away.now = true;
    const options = { taskQueue: OPERATIONS_TASK_QUEUE, workflowId: 'verification-failed' };
    await temporal.workflow.execute(VERIFY_WORKFLOW_TYPE, options).catch(() => undefined);
    away.now = false;
    return 'verification-failed';
  },
};

async function main(): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const stack = await startStack({ temporary: true, headless: true, worker: false, log: console.error });
  const address = stack.env['TEMPORAL_ADDRESS'] ?? '';
  const connection = await Connection.connect({ address });
  const native = await NativeConnection.connect({ address });
  const pool = createPool({ databaseUrl: stack.env['DATABASE_URL'] ?? '', applicationName: 'record' });
  const owner = createPool({ databaseUrl: stack.env['OWNER_DATABASE_URL'] ?? '', applicationName: 'record' });
  const away = { now: false };
  const activities = createActivities(pool);
  const worker = await createIntentWorker({
    connection: native,
    pool,
    overrides: {
      // Temporal loads the converter by itself, so it has to be the compiled one.
      dataConverter: { payloadConverterPath: require.resolve('../../dist/workflows/payload-converter') },
      activities: {
        ...activities,
        recordOutcomes: (request: Parameters<typeof activities.recordOutcomes>[0]) => {
          if (away.now && Context.current().info.isLocal) throw new Error('Postgres does not answer');
          return activities.recordOutcomes(request);
        },
      },
    },
  });
  const operations = await createOperationsWorker({
    connection: native,
    pool,
    overrides: {
      dataConverter: { payloadConverterPath: require.resolve('../../dist/workflows/payload-converter') },
      activities: {
        ...createOperationsActivities(pool),
        verifyIntents: () => {
          if (away.now) throw ApplicationFailure.nonRetryable('Postgres does not answer');
          return createOperationsActivities(pool).verifyIntents();
        },
      },
    },
  });
  const intents = await IntentClient.connect({
    databaseUrl: stack.env['DATABASE_URL'] ?? '',
    temporal: { connection },
  });
  const temporal = new Client({ connection });
  const chosen = process.argv.slice(2);
  const unknown = chosen.filter((name) => !(name in scenarios));
  if (unknown.length > 0) throw new Error(`There is no ${unknown.join(', ')}, but ${Object.keys(scenarios).join(', ')}`);
  const verifying = operations.run();
  await worker.runUntil(async () => {
    for (const [name, play] of Object.entries(scenarios)) {
      if (chosen.length > 0 && !chosen.includes(name)) continue;
      const id = await play({ intents, temporal, owner, away });
      const runs: string[] = [];
      for await (const { runId } of temporal.workflow.list({ query: `WorkflowId = '${id}'` })) runs.unshift(runId);
      for (const [index, runId] of runs.entries()) {
        const history = await temporal.workflow.getHandle(id, runId).fetchHistory();
        const file = join(__dirname, `${name}${runs.length > 1 ? `-${index + 1}` : ''}.v1.json.gz`);
        await writeFile(file, gzipSync(JSON.stringify(JSON.parse(historyToJSON(history))), { level: 9 }));
        console.log(`${file}: ${history.events?.length ?? 0} events`);
      }
    }
  });
  operations.shutdown();
  await verifying;
  await intents.close();
  await Promise.all([pool.end(), owner.end(), connection.close(), native.close()]);
  await stack.stop();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
