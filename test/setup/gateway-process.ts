import { createPool } from '../../src/database/pool';
import { createApiKey } from '../../src/database/api-keys/create-api-key';
import { HttpIntentClient } from '../../src/http-client';
import { THIS_BUILD } from './build';
import { fromEnvironment, ORGANIZATION, type IntentEnvironment } from './intent-environment';
import { startProcess, type WorkerProcess } from './worker-process';

/** A gateway as operators run it, in a process of its own. */
export interface GatewayProcess {
  url: string;
  process: WorkerProcess;
}

/** Resolves once it listens, on a free port. */
export async function startGatewayProcess(
  { database, taskQueue }: Pick<IntentEnvironment, 'database' | 'taskQueue'>,
  program = THIS_BUILD.gateway,
): Promise<GatewayProcess> {
  const process = startProcess([program], {
    GATEWAY_DATABASE_URL: database.gatewayUrl,
    TEMPORAL_ADDRESS: fromEnvironment('TEST_TEMPORAL_ADDRESS'),
    INTENT_GATEWAY_ADDRESS: '127.0.0.1:0',
    INTENT_TASK_QUEUE: taskQueue,
    INTENT_REQUESTS_PER_MINUTE: '1000000',
  });
  const url = /http:\/\/[\d.:]+/.exec(await process.sees('Gateway ready'))?.[0] ?? '';
  return { url, process };
}

/** Makes a key that may move intents of {@link ORGANIZATION}; its text. */
export async function makeApiKey({ database }: Pick<IntentEnvironment, 'database'>): Promise<string> {
  const owner = createPool({ databaseUrl: database.ownerUrl, applicationName: 'test keys', max: 1 });
  try {
    const wanted = { organizationId: ORGANIZATION, name: 'test', actor: 'grace' };
    return (await createApiKey(owner, { ...wanted, scopes: ['read', 'transition'] }, 'tests')).text;
  } finally {
    await owner.end();
  }
}

/**
 * An app that speaks to gateways through what stands before them, and sends its calls to one.
 *
 * @param now which gets the calls; asked at each try
 */
export function connectThrough(now: () => GatewayProcess, apiKey: string): Promise<HttpIntentClient> {
  const url = 'http://gateways.invalid';
  return HttpIntentClient.connect({
    url,
    apiKey,
    fetch: (asked, init) => fetch((asked as string).replace(url, now().url), init),
  });
}
