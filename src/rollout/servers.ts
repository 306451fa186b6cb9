import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { Pool } from 'pg';

import { IntentClient } from '../client';
import { createPool } from '../database/pool';
import { CheckError } from './check';
import { messageOf } from './run-checks';

/** Whose connection: each has a variable of its own. */
export type DatabaseRole = 'owner' | 'engine' | 'gateway';

export const DATABASE_VARIABLES: Readonly<Record<DatabaseRole, string>> = {
  owner: 'OWNER_DATABASE_URL',
  engine: 'DATABASE_URL',
  gateway: 'GATEWAY_DATABASE_URL',
};

export interface TemporalServer {
  client: Client;
  connection: Connection;
  namespace: string;
}

/** The servers of a deployment, opened when the first check asks for them and shared by all. */
export class Servers {
  private readonly pools = new Map<DatabaseRole, Pool>();
  private opened: Promise<TemporalServer> | undefined;
  private client: Promise<IntentClient> | undefined;

  constructor(
    readonly env: NodeJS.ProcessEnv,
    readonly taskQueue: string,
  ) {}

  has(role: DatabaseRole): boolean {
    return Boolean(this.env[DATABASE_VARIABLES[role]]);
  }

  /** @throws CheckError when the variable is not set */
  pool(role: DatabaseRole): Pool {
    const known = this.pools.get(role);
    if (known !== undefined) return known;
    const variable = DATABASE_VARIABLES[role];
    const databaseUrl = this.env[variable];
    if (!databaseUrl)
      throw new CheckError(`${variable} is not set`, `Set ${variable}; see docs/reference/environment.md.`);
    const pool = createPool({ databaseUrl, applicationName: 'intent-rollout', max: 5 });
    this.pools.set(role, pool);
    return pool;
  }

  /** The owner's, else the engine's: for what either may read. */
  anyPool(): Pool {
    return this.pool(this.has('owner') ? 'owner' : 'engine');
  }

  /** @throws CheckError when it does not answer */
  temporal(): Promise<TemporalServer> {
    this.opened ??= this.openTemporal();
    return this.opened;
  }

  intents(): Promise<IntentClient> {
    this.client ??= this.temporal().then(({ connection, namespace }) =>
      IntentClient.connect({
        database: this.pool('engine'),
        temporal: { connection, namespace },
        taskQueue: this.taskQueue,
      }),
    );
    return this.client;
  }

  async close(): Promise<void> {
    await Promise.allSettled([
      this.client?.then((client) => client.close()),
      ...[...this.pools.values()].map((pool) => pool.end()),
    ]);
    await this.opened?.then(({ connection }) => connection.close()).catch(() => undefined);
  }

  private async openTemporal(): Promise<TemporalServer> {
    const { connectionOptions, namespace = 'default' } = loadClientConnectConfig({
      overrideEnvVars: this.env as Record<string, string>,
    });
    try {
      const connection = await Connection.connect(connectionOptions);
      return { client: new Client({ connection, namespace }), connection, namespace };
    } catch (error) {
      throw new CheckError(
        `Temporal does not answer at ${connectionOptions.address ?? 'localhost:7233'} (${messageOf(error)})`,
        'Set TEMPORAL_ADDRESS and its TLS variables to the server of this deployment, and see that it runs.',
      );
    }
  }
}

/**
 * A URL for people: without the password.
 *
 * @example
 * shownUrl('postgres://ada:secret@db:5432/intent') // 'ada@db:5432/intent'
 */
export function shownUrl(url: string): string {
  if (!URL.canParse(url)) return 'a URL that can not be read';
  const { username, hostname, port, pathname } = new URL(url);
  return `${decodeURIComponent(username)}@${hostname}${port === '' ? '' : `:${port}`}${pathname}`;
}
