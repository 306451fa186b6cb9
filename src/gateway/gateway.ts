import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import { Client, type Connection } from '@temporalio/client';
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Pool } from 'pg';
import type { Logger } from 'pino';

import { serveApiDocs } from './api-docs';
import { findApiKeys } from '../database/api-keys/find-api-keys';
import { authenticateKey } from './auth/authenticate-key';
import { KeyUse } from './auth/key-use';
import { Tokens } from './auth/tokens';
import type { GatewayContext } from './context';
import { EventFeeds } from './events/event-feeds';
import { GATEWAY_LIMITS } from './limits';
import { Organizations } from './organizations';
import { answerFrameworkError, answerProblems } from './answer-problems';
import { BatchedReads } from './batched-reads';
import { closeConnectionsAtTheEnd } from './close-connections';
import { guard } from './guard';
import { limitPipelining } from './limit-pipelining';
import { GatewayMetrics } from './metrics';
import { Readiness } from './readiness';
import { ROUTES } from './routes';
import type { GatewaySettings } from './settings';

export interface GatewayParts {
  /** As a login of the role `intent_gateway`. */
  pool: Pool;
  /** A lazy one, so that a gateway starts, and goes on, while Temporal is away. */
  temporal: { connection: Connection; namespace: string };
  /** Default: nothing is logged. Requests are, at the level debug or below. */
  logger?: Logger;
  /** Default: nobody sees them. */
  metrics?: GatewayMetrics;
}

/**
 * The HTTP API, ready to listen. The caller ends pool and connection, after it.
 *
 * @example
 * const gateway = await createGateway(settings, { pool, temporal: { connection, namespace: 'default' } });
 * await gateway.listen({ host: '127.0.0.1', port: 8333 });
 */
export async function createGateway(
  settings: Pick<
    GatewaySettings,
    | 'taskQueue'
    | 'operationsTaskQueue'
    | 'tokens'
    | 'corsOrigins'
    | 'requestsPerMinute'
    | 'trustProxy'
    | 'receivers'
  >,
  { pool, temporal, logger, metrics = new GatewayMetrics() }: GatewayParts,
): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger | undefined = logger;
  const app = fastify({
    ...(loggerInstance !== undefined && { loggerInstance }),
    logController: new LogController({ disableRequestLogging: logger?.isLevelEnabled('debug') !== true }),
    bodyLimit: GATEWAY_LIMITS.bodyBytes,
    // Metadata may have any key: bodies are read by schemas, and nothing of them is copied onto another object.
    onProtoPoisoning: 'ignore',
    onConstructorPoisoning: 'ignore',
    requestTimeout: GATEWAY_LIMITS.requestMs,
    connectionTimeout: GATEWAY_LIMITS.silenceMs,
    keepAliveTimeout: GATEWAY_LIMITS.keepAliveMs,
    http: {
      headersTimeout: GATEWAY_LIMITS.headersMs,
      connectionsCheckingInterval: GATEWAY_LIMITS.connectionsCheckMs,
    },
    trustProxy: settings.trustProxy.length > 0 ? settings.trustProxy : false,
    routerOptions: { maxParamLength: 256 },
    forceCloseConnections: 'idle',
    frameworkErrors: answerFrameworkError,
  });
  app.server.maxConnections = GATEWAY_LIMITS.connections;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);

  const use = new KeyUse(pool);
  const keys = new BatchedReads((texts: readonly string[]) => findApiKeys(pool, texts));
  const tokens = settings.tokens && new Tokens(settings.tokens);
  const context: GatewayContext = {
    organizations: new Organizations(pool, temporal, settings.taskQueue),
    feeds: new EventFeeds(pool),
    metrics,
    readiness: new Readiness(pool, temporal.connection),
    webhooks: {
      temporal: new Client(temporal),
      taskQueue: settings.operationsTaskQueue,
      receivers: settings.receivers,
    },
  };

  limitPipelining(app);
  metrics.measure(app);
  answerProblems(app);
  closeConnectionsAtTheEnd(app);
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
  });
  if (settings.corsOrigins.length > 0) {
    await app.register(cors, { origin: settings.corsOrigins, exposedHeaders: EXPOSED });
  }
  await guard(app, {
    authenticators: {
      key: (text) => authenticateKey(keys, use, metrics, text),
      token: tokens && ((text) => tokens.authenticate(text)),
    },
    organizations: context.organizations,
    requestsPerMinute: settings.requestsPerMinute,
  });
  await serveApiDocs(app);
  for (const routes of ROUTES) await app.register(routes, { context });
  app.addHook('onClose', () => use.close());
  return app;
}

/** What a page of another origin may read of an answer, beside its body. */
const EXPOSED = ['etag', 'link', 'location', 'preference-applied', 'retry-after'];
