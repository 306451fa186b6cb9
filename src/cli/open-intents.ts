import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { Pool } from 'pg';

import { IntentClient } from '../client';
import { INTENTS_TASK_QUEUE } from '../intent';
import { CommandError, type Cli } from './cli';
import { databaseUrl, resolveEnvironment } from './environment';
import { withDatabase } from './open-database';

export interface Engine {
  env: NodeJS.ProcessEnv;
  intents: IntentClient;
  temporal: Client;
  connection: Connection;
  pool: Pool;
  taskQueue: string;
}

/** Runs `work` connected to the Temporal and the Postgres of the environment. */
export async function withIntents<T>(
  cli: Cli,
  { taskQueue = INTENTS_TASK_QUEUE }: { taskQueue?: string | undefined },
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const env = resolveEnvironment(cli);
  const url = databaseUrl(env);
  return withTemporal(env, async (temporal, connection) => {
    const intents = await IntentClient.connect({
      databaseUrl: url,
      temporal: { connection, namespace: temporal.options.namespace },
      taskQueue,
    });
    try {
      return await withDatabase(url, (pool) => work({ env, intents, temporal, connection, pool, taskQueue }));
    } finally {
      await intents.close();
    }
  });
}

/** Runs `work` connected to the Temporal of an environment. */
export async function withTemporal<T>(
  env: NodeJS.ProcessEnv,
  work: (temporal: Client, connection: Connection) => Promise<T>,
): Promise<T> {
  const { connectionOptions, namespace = 'default' } = temporalConfig(env);
  const address = connectionOptions.address ?? 'localhost:7233';
  const connection = await Connection.connect(connectionOptions).catch((error: Error) => {
    throw new CommandError(`TEMPORAL_ADDRESS: Temporal does not answer at ${address} (${error.message})`);
  });
  try {
    return await work(new Client({ connection, namespace }), connection);
  } finally {
    await connection.close();
  }
}

/** @throws CommandError when Temporal's own file is wrong, or lacks the profile that is named */
function temporalConfig(env: NodeJS.ProcessEnv): ReturnType<typeof loadClientConnectConfig> {
  try {
    return loadClientConnectConfig({ overrideEnvVars: env as Record<string, string> });
  } catch (error) {
    // The first line only: of a file that is wrong, the others show the place, which may hold a key.
    const [message = ''] = (error as Error).message.split('\n', 1);
    throw new CommandError(`TEMPORAL_PROFILE: ${message}; temporal config list shows the profiles there are`);
  }
}
