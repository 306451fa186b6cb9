import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { freeLastingPort } from '../../src/dev/machine/ports';
import { makeTemporaryFolder, type TemporaryFolder } from '../../src/dev/machine/temporary-folder';
import { startPostgres, type Postgres } from '../../src/dev/servers/postgres';
import { recordProcess } from '../../src/dev/stack/recorded-processes';
import type { SeededRandom } from './seeded-random';
import { within } from './within';

/** A Postgres in a process of its own that keeps what it has committed (fsync is on), whatever is done to it. */
export class KillablePostgres {
  private constructor(
    readonly name: string,
    private readonly folder: TemporaryFolder,
    readonly port: number,
    private server: Postgres,
  ) {}

  static async start(name: string): Promise<KillablePostgres> {
    const folder = await makeTemporaryFolder();
    const port = await freeLastingPort();
    return new KillablePostgres(name, folder, port, await startIn(folder, port));
  }

  get superuserUrl(): string {
    return this.server.superuserUrl;
  }

  /** Kills the main process; what serves its connections ends by itself. */
  async kill(): Promise<void> {
    process.kill(this.server.pid, 'SIGKILL');
    await this.server.exited;
  }

  /** Starts it again on the same data and port; it recovers from its log. */
  async restart(): Promise<void> {
    await within(60_000, `${this.name} did not start again`, async (expired) => {
      for (;;) {
        expired.throwIfAborted();
        try {
          this.server = await startIn(this.folder, this.port);
          return;
        } catch (error) {
          // What the killed one had started still holds its shared memory; Postgres then refuses to start.
          if (!/shared memory block|lock file/.test((error as Error).message)) throw error;
          await sleep(50);
        }
      }
    });
  }

  /** Kills a process that serves one connection; Postgres then ends all the others and recovers by itself. */
  killBackend(random: SeededRandom): void {
    const backends = this.processes().filter(({ title }) => title.includes(LOOPBACK_CONNECTION));
    if (backends.length > 0) process.kill(random.pick(backends).pid, 'SIGKILL');
  }

  /** Stops all its processes where they are: connections stay open and nothing answers. */
  freeze(): void {
    // The main process first: then it starts no new ones.
    process.kill(this.server.pid, 'SIGSTOP');
    for (const { pid } of this.processes()) signal(pid, 'SIGSTOP');
  }

  thaw(): void {
    for (const { pid } of this.processes()) signal(pid, 'SIGCONT');
    signal(this.server.pid, 'SIGCONT');
  }

  async stop(): Promise<void> {
    this.thaw();
    await this.server.stop('immediate');
    this.folder.remove();
  }

  private processes(): { pid: number; title: string }[] {
    const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
    return lines.flatMap((line) => {
      const [, pid, parent, title = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
      return Number(parent) === this.server.pid ? [{ pid: Number(pid), title }] : [];
    });
  }
}

/** In the title of a process that serves a connection: `postgres: intent_engine intent 127.0.0.1(53412) idle`. */
const LOOPBACK_CONNECTION = '127.0.0.1(';

function startIn(folder: TemporaryFolder, port: number): Promise<Postgres> {
  return startPostgres({
    // The name by which the folder's removal finds data that lies elsewhere.
    dataDir: join(folder.path, 'postgres'),
    port,
    settings: { max_connections: '300' },
    onSpawn: (pid) => recordProcess(folder.path, 'postgres', pid),
  });
}

/** A process that has ended in the meantime is no error. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
