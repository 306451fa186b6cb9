#!/usr/bin/env node
import { stopTracing } from './traces';

import { parseArgs } from 'node:util';

import { trace } from '@opentelemetry/api';
import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { FastifyInstance } from 'fastify';

import { createPool } from '../database/pool';
import { createLogger } from '../logging/create-logger';
import { logSettingsFromEnvironment } from '../logging/log-settings';
import { createRedactor } from '../logging/redactor';
import { createGateway } from './gateway';
import { GATEWAY_LIMITS } from './limits';
import { GatewayMetrics } from './metrics';
import { serveMetrics } from './serve-metrics';
import { DEFAULT_ADDRESS, settingsFromEnvironment, type GatewaySettings } from './settings';
import { checkDatabase } from './startup-checks';

const HELP = `Serves the HTTP API of intents until it is told to stop (SIGINT or SIGTERM), then ends what is under way.

Usage: node dist/gateway/main.js

Environment:
  GATEWAY_DATABASE_URL        Postgres, as a login of the role intent_gateway
  DATABASE_POOL_SIZE          connections to it; default ${GATEWAY_LIMITS.databaseConnections}
  INTENT_GATEWAY_ADDRESS      HOST:PORT to listen at; default ${DEFAULT_ADDRESS}
  INTENT_TASK_QUEUE           task queue of the workers; default intents
  INTENT_REQUESTS_PER_MINUTE  of one key; default ${GATEWAY_LIMITS.requestsPerMinute}
  INTENT_JWKS_URL, INTENT_JWT_ISSUER, INTENT_JWT_AUDIENCE
                              whose tokens are accepted, beside keys; default: nobody's
  INTENT_METRICS_ADDRESS      HOST:PORT at which metrics for Prometheus are served, at /metrics; default: none
  INTENT_LOG_LEVEL, INTENT_LOG_FORMAT
                              of what is logged to standard error; default info, and json unless it is a terminal
  INTENT_CORS_ORIGINS         origins whose pages may use it, separated by commas; default: none
  INTENT_TRUSTED_PROXIES      addresses of proxies whose X-Forwarded-For counts; default: none
  INTENT_WEBHOOK_PRIVATE_HOSTS
                              hosts that webhooks may have though they are private, or not https; default: none
  TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS_* or a Temporal profile file

Make a key with: intent keys create
`;

const redactor = createRedactor(process.env);

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: 'boolean', default: false } } });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const logger = createLogger({
    name: 'intent-gateway',
    traceId: () => trace.getActiveSpan()?.spanContext().traceId,
    ...logSettingsFromEnvironment(process.env, process.stderr.isTTY),
  });
  const settings = settingsFromEnvironment();
  const pool = createPool({
    databaseUrl: settings.databaseUrl,
    applicationName: 'intent-gateway',
    max: settings.databaseConnections,
  });
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = Connection.lazy(connectionOptions);
  try {
    if (!(await checkDatabase(pool)))
      logger.warn('Postgres does not answer yet; /readyz tells when it does.');
    const metrics = new GatewayMetrics();
    const gateway = await createGateway(settings, {
      pool,
      temporal: { connection, namespace },
      logger,
      metrics,
    });
    const metricsServer = settings.metricsAddress && (await serveMetrics(metrics, settings.metricsAddress));
    if (metricsServer !== undefined) metrics.collectProcess();
    const address = await listen(gateway, settings);
    console.log(`Gateway ready: ${address}, docs at ${address}/docs`);
    await toldToStop();
    const late = setTimeout(() => process.exit(1), GATEWAY_LIMITS.drainMs).unref();
    await gateway.close();
    metricsServer?.close();
    clearTimeout(late);
    console.log('Gateway drained');
  } finally {
    await Promise.allSettled([pool.end(), connection.close()]);
    await stopTracing();
  }
}

/** @throws Error that names the variable, where the port is taken */
async function listen(gateway: FastifyInstance, { host, port }: GatewaySettings): Promise<string> {
  return gateway.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new Error(`Port ${port} of ${host} is taken: choose another one with INTENT_GATEWAY_ADDRESS.`);
  });
}

function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve());
  });
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(redactor.text(error instanceof Error ? error.message : String(error)));
    process.exit(1);
  },
);
