#!/usr/bin/env node
import { stopTracing } from './traces';

import { parseArgs } from 'node:util';

import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';

import { loadWorkflowBundle } from '../bundle/bundle';
import { DATABASE_LIMITS } from '../database/limits';
import { createPool, databaseUrlFromEnvironment, poolSizeFromEnvironment } from '../database/pool';
import { readGraphFile } from '../graph-file/read-graph-file';
import { deliveriesTaskQueue, INTENTS_TASK_QUEUE, OPERATIONS_TASK_QUEUE } from '../intent';
import { createLogger } from '../logging/create-logger';
import { logSettingsFromEnvironment } from '../logging/log-settings';
import { createRedactor } from '../logging/redactor';
import { temporalLogger } from '../logging/temporal-logger';
import { createDeliveriesWorker } from './create-deliveries-worker';
import { createOperationsWorker } from './create-operations-worker';
import { createIntentWorker } from './create-worker';
import { installRuntime } from './install-runtime';
import { noteRefused, noteStarted } from './note-start';
import { runWorkers } from './run-workers';
import { ensureSearchAttribute, REGISTER } from './search-attribute';
import { NO_METRICS, showMetrics } from './show-metrics';
import { startWebhooks } from './start-webhooks';
import { checkGraphs, checkMigrations } from './startup-checks';
import { describeVersion, versionFromEnvironment } from './worker-version';
import { workflowTasksFromEnvironment } from './workflow-tasks';

const HELP = `Runs a worker for intents until it is told to stop (SIGINT or SIGTERM), then drains it. It also polls the task
queues ${OPERATIONS_TASK_QUEUE} and ${deliveriesTaskQueue()}, for the verifications that
"intent schedule verify" has asked for, and for webhooks.

Usage: node dist/worker/main.js [--task-queue NAME] [--graph FILE]... [--no-operations] [--metrics-address HOST:PORT]

  --task-queue NAME            task queue to poll; default: ${INTENTS_TASK_QUEUE}
  --graph FILE                 refuse to start unless this graph is valid and registered as it is; may be repeated
  --no-operations              leave out these task queues
  --metrics-address HOST:PORT  serve metrics for Prometheus there, at /metrics; default: none are served

Environment: DATABASE_URL (the engine's role), DATABASE_POOL_SIZE; INTENT_WORKFLOW_TASKS, worked on at the same time;
INTENT_METRICS_ADDRESS, as --metrics-address; INTENT_LOG_LEVEL and INTENT_LOG_FORMAT, of what is logged to standard error;
INTENT_WEBHOOK_PRIVATE_HOSTS, for development;
INTENT_WORKER_VERSIONING=on, INTENT_DEPLOYMENT_NAME, INTENT_BUILD_ID and INTENT_HELD_PATCHES, for rolling deployments;
TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS_* or a Temporal profile file.

Example: node dist/worker/main.js --graph graphs/ticket.json --metrics-address 127.0.0.1:9464
`;

const redactor = createRedactor(process.env);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      'task-queue': { type: 'string', default: INTENTS_TASK_QUEUE },
      graph: { type: 'string', multiple: true, default: [] },
      'no-operations': { type: 'boolean', default: false },
      'metrics-address': { type: 'string', default: process.env['INTENT_METRICS_ADDRESS'] ?? '' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const taskQueue = values['task-queue'];
  const operations = !values['no-operations'];

  const logger = createLogger({
    name: 'intent-worker',
    ...logSettingsFromEnvironment(process.env, process.stderr.isTTY),
  });
  const databaseUrl = databaseUrlFromEnvironment();
  const workflowBundle = await loadWorkflowBundle();
  const version = await versionFromEnvironment(workflowBundle);
  const workflowTasks = workflowTasksFromEnvironment();
  const runtime = await installRuntime(values['metrics-address'], logger);
  const pool = createPool({
    databaseUrl,
    applicationName: 'intent-worker',
    max: poolSizeFromEnvironment(),
    connectTimeoutMs: DATABASE_LIMITS.workerConnectMs,
  });
  // Opens no connection until something is verified.
  const operationsPool = createPool({ databaseUrl, applicationName: 'intent-operations' });
  const metrics = values['metrics-address'] ? showMetrics(operationsPool, runtime.metricMeter) : NO_METRICS;
  let started = false;
  try {
    await checkMigrations(pool);
    await checkGraphs(
      pool,
      await Promise.all(
        values.graph.map(async (source) => ({ source, definition: await readGraphFile(source) })),
      ),
    );
    console.log('Workflow graph validation: true');
    metrics.passed();

    const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
    if (!(await ensureSearchAttribute(connectionOptions, namespace))) {
      logger.warn(`Search attributes can't be looked up here; if intents do not start, run: ${REGISTER}`);
    }
    const connection = await NativeConnection.connect(connectionOptions);
    try {
      const code = { connection, namespace, workflowBundle, version };
      const workers = [
        await createIntentWorker({
          ...code,
          taskQueue,
          pool,
          workflowTasks,
          logger: temporalLogger(logger),
        }),
      ];
      if (operations) {
        workers.push(
          await createOperationsWorker({ ...code, pool: operationsPool }),
          await createDeliveriesWorker({ connection, namespace, version, pool: operationsPool }),
        );
        await startWebhooks({ connection, namespace });
      }
      const running = runWorkers(workers);
      started = true;
      void noteStarted(operationsPool);
      const queues = operations
        ? `task queues ${[taskQueue, OPERATIONS_TASK_QUEUE, deliveriesTaskQueue()].join(', ')}`
        : `task queue ${taskQueue}`;
      for (const line of describeVersion(version)) console.log(line);
      console.log(`Worker ready: ${queues}, namespace ${namespace}`);
      await running;
      console.log('Worker drained');
    } finally {
      await connection.close();
    }
  } catch (error) {
    if (!started) await noteRefused(operationsPool, error, redactor.text);
    throw error;
  } finally {
    metrics.end();
    await Promise.all([pool.end(), operationsPool.end()]);
    await stopTracing();
  }
}

main().then(
  // The runtime keeps the process alive after the worker has stopped.
  () => process.exit(0),
  (error: unknown) => {
    console.error(redactor.text(error instanceof Error ? error.message : String(error)));
    process.exit(1);
  },
);
