import { setTimeout as sleep } from 'node:timers/promises';

import type { ServerFolder } from './server-folder';
import { within } from './within';

interface RunningServer {
  pid: number;
  exited: Promise<unknown>;
}

/** How a kind of server is started and ended. */
export interface Handling<Server extends RunningServer> {
  name: string;
  /** On the same data and port each time. */
  start: (signal: AbortSignal | undefined) => Promise<Server>;
  end: (server: Server) => Promise<void>;
  /** Whether a start that failed may succeed a moment later. */
  isPassing: (error: unknown) => boolean;
  restartsWithinMs: number;
}

const TRY_AGAIN_MS = 100;

/** A server in a process of its own that may be killed at any moment, and started again on what it has kept. */
export class KillableServer<Server extends RunningServer> {
  private readonly stopped = new AbortController();
  private starting: Promise<void> = Promise.resolve();

  protected constructor(
    private readonly folder: ServerFolder,
    protected readonly handling: Handling<Server>,
    protected server: Server,
  ) {}

  /** Starts one in a folder, which goes if that fails. */
  protected static async startIn<Server extends RunningServer>(
    folder: ServerFolder,
    { start }: Handling<Server>,
    signal: AbortSignal | undefined,
  ): Promise<Server> {
    try {
      return await start(signal);
    } catch (error) {
      folder.remove();
      throw error;
    }
  }

  async kill(): Promise<void> {
    process.kill(this.server.pid, 'SIGKILL');
    await this.server.exited;
  }

  /** As a supervisor would: again and again while it does not come up, for what it needs is missing, say. */
  async restart(): Promise<void> {
    const { name, restartsWithinMs } = this.handling;
    await within(restartsWithinMs, `${name} did not start again`, (expired) => {
      this.starting = this.tryToStart(AbortSignal.any([expired, this.stopped.signal]));
      return this.starting;
    });
  }

  /** For good: nothing starts it again, neither what is under way. */
  async stop(): Promise<void> {
    this.stopped.abort(new Error(`${this.handling.name} is to stay stopped`));
    await this.starting.catch(() => undefined);
    await this.handling.end(this.server);
    this.folder.remove();
  }

  private async tryToStart(givenUp: AbortSignal): Promise<void> {
    for (;;) {
      givenUp.throwIfAborted();
      try {
        this.server = await this.handling.start(givenUp);
        return;
      } catch (error) {
        if (givenUp.aborted || !this.handling.isPassing(error)) throw error;
        await sleep(TRY_AGAIN_MS);
      }
    }
  }
}
