#!/usr/bin/env node
import { parseArgs } from 'node:util';

import { loadClientConnectConfig } from '@temporalio/envconfig';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';

import { createPool, databaseUrlFromEnvironment } from '../database/pool';
import { readGraphFile } from '../graph-file/read-graph-file';
import { INTENTS_TASK_QUEUE } from '../intent';
import { createIntentWorker } from './create-worker';
import { ensureSearchAttribute, REGISTER } from './search-attribute';
import { checkGraphs, checkMigrations } from './startup-checks';

const HELP = `Runs a worker for intents until it is told to stop (SIGINT or SIGTERM), then drains it.

Usage: node dist/worker/main.js [--task-queue NAME] [--graph FILE]...

  --task-queue NAME   task queue to poll; default: ${INTENTS_TASK_QUEUE}
  --graph FILE        refuse to start unless this graph is valid and registered as it is; may be repeated

Environment: DATABASE_URL (the engine's role); TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY,
TEMPORAL_TLS_* or a Temporal profile file.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      'task-queue': { type: 'string', default: INTENTS_TASK_QUEUE },
      graph: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }

  Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: ['SIGINT', 'SIGTERM'] });
  const pool = createPool({
    databaseUrl: databaseUrlFromEnvironment(),
    applicationName: 'intent-worker',
    max: 20,
    // A local activity has three seconds in all.
    connectTimeoutMs: 2_500,
  });
  try {
    await checkMigrations(pool);
    await checkGraphs(
      pool,
      await Promise.all(
        values.graph.map(async (source) => ({ source, definition: await readGraphFile(source) })),
      ),
    );
    console.log('Workflow graph validation: true');

    const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
    if (!(await ensureSearchAttribute(connectionOptions, namespace))) {
      console.warn(`Search attributes can't be looked up here; if intents do not start, run: ${REGISTER}`);
    }
    const connection = await NativeConnection.connect(connectionOptions);
    try {
      const worker = await createIntentWorker({
        connection,
        namespace,
        taskQueue: values['task-queue'],
        pool,
      });
      const running = worker.run();
      console.log(`Worker ready: task queue ${values['task-queue']}, namespace ${namespace}`);
      await running;
      console.log('Worker drained');
    } finally {
      await connection.close();
    }
  } finally {
    await pool.end();
  }
}

main().then(
  // The runtime keeps the process alive after the worker has stopped.
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
