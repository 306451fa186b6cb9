import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { freeTemporalPorts } from '../../src/dev/servers/temporal-config';
import { startTemporalOnPostgres, type TemporalOnPostgres } from '../../src/dev/servers/temporal-on-postgres';
import { KillableServer, type Handling } from './killable-server';
import { ServerFolder } from './server-folder';

/** A Temporal server whose data is in Postgres, so that it may be killed and started again. */
export class KillableTemporal extends KillableServer<TemporalOnPostgres> {
  static async start(server: string, databaseUrl: string, signal?: AbortSignal): Promise<KillableTemporal> {
    const folder = await ServerFolder.make('temporal');
    const ports = await freeTemporalPorts();
    const handling: Handling<TemporalOnPostgres> = {
      name: 'the Temporal server',
      start: (given) =>
        startTemporalOnPostgres({
          server,
          databaseUrl,
          configFolder: join(folder.path, 'config'),
          logFile: join(folder.path, 'temporal.log'),
          ports,
          onSpawn: folder.onSpawn,
          signal: given,
        }),
      end: (running) => running.stop({ signal: 'SIGKILL' }),
      // Without its Postgres, for example.
      isPassing: () => true,
      restartsWithinMs: 90_000,
    };
    return new KillableTemporal(folder, handling, await KillableServer.startIn(folder, handling, signal));
  }

  get address(): string {
    return this.server.address;
  }

  get port(): number {
    return this.server.ports.frontend.grpcPort;
  }

  freeze(): void {
    process.kill(this.server.pid, 'SIGSTOP');
  }

  thaw(): void {
    process.kill(this.server.pid, 'SIGCONT');
  }

  /** @returns whether it had ended by itself, and had to be started again */
  async ensureRunning(): Promise<boolean> {
    const ended = await Promise.race([this.server.exited, sleep(0)]);
    if (ended === undefined) return false;
    await this.restart();
    return true;
  }
}
