import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { migrate } from '../../database/migrate';
import { startPostgres } from '../servers/postgres';
import { ENGINE_ROLE, GATEWAY_ROLE, OWNER_ROLE, provisionDatabase } from './provision-database';
import { recordProcess } from './recorded-processes';
import type { Environment } from './stack-environment';
import type { StackPart } from './stack-part';

export interface StackDatabaseOptions {
  dataDir: string;
  port: number | undefined;
  settings: Record<string, string>;
  add: (part: StackPart) => void;
  log: (line: string) => void;
  signal: AbortSignal;
}

/** Starts Postgres in the stack's folder, with the engine's schema and roles. */
export async function startStackDatabase(options: StackDatabaseOptions): Promise<Environment> {
  const { dataDir, port, settings, add, log, signal } = options;
  const postgres = await startPostgres({
    dataDir: join(dataDir, 'postgres'),
    ...(port === undefined ? {} : { port }),
    settings,
    log,
    onSpawn: (pid) => recordProcess(dataDir, 'postgres', pid),
    signal,
  });
  add({ name: 'postgres', exited: postgres.exited, stop: () => postgres.stop() });
  // Derived, so that they stay the same from start to start and there is one secret to keep.
  const { password } = new URL(postgres.superuserUrl);
  const passwordOf = (role: string) => createHmac('sha256', password).update(role).digest('hex').slice(0, 48);
  const { ownerUrl, engineUrl, gatewayUrl } = await provisionDatabase({
    superuserUrl: postgres.superuserUrl,
    ownerPassword: passwordOf(OWNER_ROLE),
    enginePassword: passwordOf(ENGINE_ROLE),
    gatewayPassword: passwordOf(GATEWAY_ROLE),
    log,
  });
  return { DATABASE_URL: engineUrl, OWNER_DATABASE_URL: ownerUrl, GATEWAY_DATABASE_URL: gatewayUrl };
}

/** Uses a Postgres that is there already: only the migrations are applied. */
export async function useGivenDatabase(
  url: string,
  ownerUrl: string,
  log: (line: string) => void,
): Promise<Environment> {
  try {
    await migrate({ databaseUrl: ownerUrl, log });
  } catch (error) {
    throw new Error(
      `The database given in ${url === ownerUrl ? '' : 'OWNER_'}DATABASE_URL can't be used: ${describe(error)}. ` +
        'Unset it to have a Postgres started.',
      { cause: error },
    );
  }
  return { DATABASE_URL: url, OWNER_DATABASE_URL: ownerUrl };
}

/** A refused connection to a name with several addresses has no message of its own. */
function describe(error: unknown): string {
  const { message, errors } = error as AggregateError;
  return message || (errors ?? []).map((each) => (each as Error).message).join(', ') || String(error);
}
