import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { makeTemporaryFolder, type TemporaryFolder } from '../../src/dev/machine/temporary-folder';
import { freeTemporalPorts } from '../../src/dev/servers/temporal-config';
import {
  startTemporalOnPostgres,
  type TemporalOnPostgres,
  type TemporalOnPostgresOptions,
} from '../../src/dev/servers/temporal-on-postgres';
import { recordProcess } from '../../src/dev/stack/recorded-processes';
import { within } from './within';

/** A Temporal server whose data is in Postgres, so that it may be killed and started again. */
export class KillableTemporal {
  private constructor(
    private readonly folder: TemporaryFolder,
    private readonly options: TemporalOnPostgresOptions,
    private server: TemporalOnPostgres,
  ) {}

  static async start(server: string, databaseUrl: string): Promise<KillableTemporal> {
    const folder = await makeTemporaryFolder();
    const options: TemporalOnPostgresOptions = {
      server,
      databaseUrl,
      configFolder: join(folder.path, 'config'),
      logFile: join(folder.path, 'temporal.log'),
      ports: await freeTemporalPorts(),
      onSpawn: (pid) => recordProcess(folder.path, 'temporal', pid),
    };
    return new KillableTemporal(folder, options, await startTemporalOnPostgres(options));
  }

  get address(): string {
    return this.server.address;
  }

  get port(): number {
    return this.server.ports.frontend.grpcPort;
  }

  async kill(): Promise<void> {
    process.kill(this.server.pid, 'SIGKILL');
    await this.server.exited;
  }

  /** As a supervisor would: again and again while it does not come up, without its Postgres for example. */
  async restart(): Promise<void> {
    await within(90_000, 'the Temporal server did not start again', async (expired) => {
      for (;;) {
        try {
          this.server = await startTemporalOnPostgres({ ...this.options, signal: expired });
          return;
        } catch (error) {
          if (expired.aborted) throw error;
          await sleep(250);
        }
      }
    });
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

  async stop(): Promise<void> {
    await this.server.stop({ signal: 'SIGKILL' });
    this.folder.remove();
  }
}
