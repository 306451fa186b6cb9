import { DATABASE_LIMITS } from '../database/limits';
import { listFromEnvironment } from '../database/list-from-environment';
import { numberFromEnvironment } from '../database/number-from-environment';
import { INTENTS_TASK_QUEUE, OPERATIONS_TASK_QUEUE } from '../intent';
import { rulesFromEnvironment, type ReceiverRules } from '../webhooks/receiver-rules';
import type { TokenSettings } from './auth/tokens';
import { GATEWAY_LIMITS } from './limits';

interface Address {
  host: string;
  port: number;
}

/** What a gateway is told by its environment. */
export interface GatewaySettings extends Address {
  /** At which metrics are served; default: none are. */
  metricsAddress: Address | undefined;
  /** As a role that is a member of `intent_reader`; see `intent_gateway`. */
  databaseUrl: string;
  databaseConnections: number;
  taskQueue: string;
  /** Of the workers that deliver to webhooks. */
  operationsTaskQueue: string;
  /** Default: keys only. */
  tokens: TokenSettings | undefined;
  /** Origins whose pages may read answers; default: none. */
  corsOrigins: string[];
  requestsPerMinute: number;
  /** Addresses of proxies whose X-Forwarded-For counts; default: none. */
  trustProxy: string[];
  /** Which receivers webhooks may have; the workers must be told the same. */
  receivers: ReceiverRules;
}

export const DEFAULT_ADDRESS = '127.0.0.1:8333';

/** @throws Error that names the variable and the fix */
export function settingsFromEnvironment(env: NodeJS.ProcessEnv = process.env): GatewaySettings {
  return {
    ...addressOf('INTENT_GATEWAY_ADDRESS', env['INTENT_GATEWAY_ADDRESS'] || DEFAULT_ADDRESS),
    metricsAddress: env['INTENT_METRICS_ADDRESS']
      ? addressOf('INTENT_METRICS_ADDRESS', env['INTENT_METRICS_ADDRESS'])
      : undefined,
    databaseUrl: databaseUrlOf(env),
    databaseConnections: numberFromEnvironment(env, 'DATABASE_POOL_SIZE', {
      usual: GATEWAY_LIMITS.databaseConnections,
      least: 1,
      most: DATABASE_LIMITS.mostConnections,
    }),
    taskQueue: env['INTENT_TASK_QUEUE'] || INTENTS_TASK_QUEUE,
    operationsTaskQueue: OPERATIONS_TASK_QUEUE,
    tokens: tokensOf(env),
    corsOrigins: listFromEnvironment(env, 'INTENT_CORS_ORIGINS').map(checkedOrigin),
    requestsPerMinute: numberFromEnvironment(env, 'INTENT_REQUESTS_PER_MINUTE', {
      usual: GATEWAY_LIMITS.requestsPerMinute,
      least: 1,
      most: GATEWAY_LIMITS.mostRequestsPerMinute,
    }),
    trustProxy: listFromEnvironment(env, 'INTENT_TRUSTED_PROXIES'),
    receivers: rulesFromEnvironment(env),
  };
}

function addressOf(variable: string, text: string): Address {
  const url =
    /^(\[[0-9a-fA-F:]+\]|[\w.-]+):\d+$/.test(text) &&
    URL.canParse(`tcp://${text}`) &&
    new URL(`tcp://${text}`);
  if (!url || url.port === '') {
    throw new Error(`${variable}: must be HOST:PORT, ${DEFAULT_ADDRESS} say, not "${text}"`);
  }
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) };
}

function databaseUrlOf(env: NodeJS.ProcessEnv): string {
  const url = env['GATEWAY_DATABASE_URL'];
  if (url) return url;
  throw new Error(
    'GATEWAY_DATABASE_URL is not set: set it to the Postgres of the intents as a login of the role intent_gateway.',
  );
}

function tokensOf(env: NodeJS.ProcessEnv): TokenSettings | undefined {
  const { INTENT_JWKS_URL: jwksUrl, INTENT_JWT_ISSUER: issuer, INTENT_JWT_AUDIENCE: audience } = env;
  if (!jwksUrl && !issuer && !audience) return undefined;
  if (!jwksUrl || !issuer || !audience) {
    throw new Error(
      'INTENT_JWKS_URL, INTENT_JWT_ISSUER and INTENT_JWT_AUDIENCE: set all three, or none for keys only. Without issuer and ' +
        'audience a token that another app was given would be accepted.',
    );
  }
  if (!URL.canParse(jwksUrl) || !/^https?:$/.test(new URL(jwksUrl).protocol)) {
    throw new Error(`INTENT_JWKS_URL: must be an http or https URL, not "${jwksUrl}"`);
  }
  return { jwksUrl, issuer, audience };
}

/** A star would let every page in the world read what a browser's token lets it. */
function checkedOrigin(origin: string): string {
  if (URL.canParse(origin) && new URL(origin).origin === origin) return origin;
  throw new Error(`INTENT_CORS_ORIGINS: must be origins such as https://app.example.com, not "${origin}"`);
}
