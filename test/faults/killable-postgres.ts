import { join } from 'node:path';

import { freeLastingPort } from '../../src/dev/machine/ports';
import { startPostgres, type Postgres } from '../../src/dev/servers/postgres';
import { childProcesses, signalProcess } from './child-processes';
import { KillableServer, type Handling } from './killable-server';
import type { SeededRandom } from './seeded-random';
import { ServerFolder } from './server-folder';

/** A Postgres in a process of its own that keeps what it has committed (fsync is on), whatever is done to it. */
export class KillablePostgres extends KillableServer<Postgres> {
  static async start(name: string, signal?: AbortSignal): Promise<KillablePostgres> {
    const folder = await ServerFolder.make('postgres');
    const port = await freeLastingPort();
    const handling: Handling<Postgres> = {
      name,
      start: (given) =>
        startPostgres({
          // The name by which the folder's removal finds data that lies elsewhere.
          dataDir: join(folder.path, 'postgres'),
          port,
          settings: { max_connections: '300' },
          onSpawn: folder.onSpawn,
          signal: given,
        }),
      end: (server) => server.stop('immediate'),
      // What the killed one had started still holds its shared memory; Postgres then refuses to start.
      isPassing: (error) => /shared memory block|lock file/.test((error as Error).message),
      restartsWithinMs: 60_000,
    };
    return new KillablePostgres(folder, handling, await KillableServer.startIn(folder, handling, signal));
  }

  get superuserUrl(): string {
    return this.server.superuserUrl;
  }

  get port(): number {
    return this.server.port;
  }

  /** Kills a process that serves one connection; Postgres then ends all the others and recovers by itself. */
  killBackend(random: SeededRandom): void {
    const backends = childProcesses(this.server.pid).filter(({ title }) =>
      title.includes(LOOPBACK_CONNECTION),
    );
    if (backends.length > 0) process.kill(random.pick(backends).pid, 'SIGKILL');
  }

  /** Stops all its processes where they are: connections stay open and nothing answers. */
  freeze(): void {
    // The main process first: then it starts no new ones.
    process.kill(this.server.pid, 'SIGSTOP');
    for (const { pid } of childProcesses(this.server.pid)) signalProcess(pid, 'SIGSTOP');
  }

  thaw(): void {
    for (const { pid } of childProcesses(this.server.pid)) signalProcess(pid, 'SIGCONT');
    signalProcess(this.server.pid, 'SIGCONT');
  }

  override async stop(): Promise<void> {
    this.thaw();
    await super.stop();
  }
}

/** In the title of a process that serves a connection: `postgres: intent_engine intent 127.0.0.1(53412) idle`. */
const LOOPBACK_CONNECTION = '127.0.0.1(';
