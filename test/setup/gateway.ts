import { createPool } from '../../src/database/pool';
import { createApiKey, type NewApiKey } from '../../src/database/api-keys/create-api-key';
import { SCOPE_NAMES } from '../../src/database/api-keys/scopes';
import { createGateway } from '../../src/gateway/gateway';
import { GATEWAY_LIMITS } from '../../src/gateway/limits';
import type { GatewaySettings } from '../../src/gateway/settings';
import { ORGANIZATION, type IntentEnvironment } from './intent-environment';

export interface TestGateway {
  url: string;
  /** Makes a key: with every scope for {@link ORGANIZATION}, if not told otherwise. */
  key: (overrides?: Partial<NewApiKey>) => Promise<string>;
  /** Sends a request with a key; a body goes as JSON. */
  send: (method: string, path: string, request?: SentRequest) => Promise<Answer>;
  close: () => Promise<void>;
}

interface SentRequest {
  /** Default: one with every scope. `null`: none. */
  key?: string | null;
  body?: unknown;
  headers?: Record<string, string>;
}

interface Answer {
  status: number;
  headers: Headers;
  /** Parsed; `undefined` where there is none. */
  body: unknown;
}

/** A gateway of its own for a test file, on a free port, in front of the file's own database and task queue. */
export async function startGateway(
  environment: IntentEnvironment,
  overrides: Partial<GatewaySettings> = {},
): Promise<TestGateway> {
  const { database, temporal, taskQueue } = environment;
  const pool = createPool({ databaseUrl: database.gatewayUrl, applicationName: 'test gateway' });
  const owner = createPool({ databaseUrl: database.ownerUrl, applicationName: 'test keys', max: 1 });
  const gateway = await createGateway(
    {
      taskQueue,
      tokens: undefined,
      corsOrigins: [],
      requestsPerMinute: GATEWAY_LIMITS.requestsPerMinute,
      trustProxy: [],
      operationsTaskQueue: `${taskQueue}-operations`,
      receivers: { privateHosts: [] },
      ...overrides,
    },
    {
      pool,
      temporal: {
        connection: temporal.connection as Parameters<typeof createGateway>[1]['temporal']['connection'],
        namespace: temporal.options.namespace,
      },
    },
  );
  const url = await gateway.listen({ host: '127.0.0.1', port: 0 });
  const key = async (wanted: Partial<NewApiKey> = {}) => {
    const { text } = await createApiKey(
      owner,
      {
        organizationId: ORGANIZATION,
        name: 'test',
        actor: 'ada',
        scopes: SCOPE_NAMES,
        roles: ['supervisor'],
        ...wanted,
      },
      'tests',
    );
    return text;
  };
  const usual = await key();
  return {
    url,
    key,
    send: (method, path, request) => send(url, method, path, { key: usual, ...request }),
    async close() {
      await gateway.close();
      await Promise.all([pool.end(), owner.end()]);
    },
  };
}

async function send(
  url: string,
  method: string,
  path: string,
  { key, body, headers }: SentRequest,
): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(key ? { authorization: `Bearer ${key}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : isJson ? (JSON.parse(text) as unknown) : text,
  };
}
