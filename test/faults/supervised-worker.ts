import { setTimeout as sleep } from 'node:timers/promises';

import type { WorkerProcess } from '../setup/worker-process';
import { within } from './within';

/** Outcomes that Postgres had and Temporal did not know of, when their worker died. */
export interface Gap {
  intentId: string;
  requestIds: string[];
}

const RESTART_AFTER_MS = 250;

/** A worker in a process of its own, which a supervisor starts again whenever it has ended. */
export class SupervisedWorker {
  /** Ends that no fault asked for: a worker that does not find Postgres or Temporal at its start, say. */
  endedByItself = 0;
  /** How often it has died after what an intent had done by itself was committed. */
  diedAfterOwnMove = 0;
  private process: WorkerProcess | undefined;
  private mode: 'running' | 'down' | 'stopped' = 'running';
  private supervision: Promise<void> | undefined;

  constructor(
    readonly name: string,
    /** Starts a process that says `Worker ready` when it polls for tasks. */
    private readonly run: () => WorkerProcess,
  ) {}

  /** Resolves when it polls for tasks. */
  async start(): Promise<void> {
    this.supervision = this.supervise();
    await this.ready(60_000);
  }

  /** Waits until it polls for tasks, over as many starts as that takes. */
  async ready(timeoutMs: number): Promise<void> {
    const failure = () => `${this.name} did not become ready (${this.process?.output.at(-1) ?? 'no output'})`;
    await within(timeoutMs, failure, async (expired) => {
      while (!expired.aborted) {
        const process = this.process;
        if (process !== undefined) {
          const ready = await process.sees('Worker ready').then(
            () => true,
            () => false,
          );
          if (ready && process === this.process) return;
        }
        await sleep(20);
      }
    });
  }

  /** By SIGKILL; it stays down until `restart`. */
  async kill(): Promise<void> {
    this.become('down');
    this.process?.kill('SIGKILL');
    await this.process?.exited;
  }

  restart(): void {
    this.become('running');
  }

  /** Lets it die as soon as it has committed what an intent does by itself, if it ever does; it is started again at once. */
  dieAfterOwnMove(): void {
    this.process?.kill('SIGURG');
  }

  freeze(): void {
    this.process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.process?.kill('SIGCONT');
  }

  /** Lets it die between its next commit in Postgres and the completion of that workflow task; then it stays down. */
  async dieAfterCommit(timeoutMs: number): Promise<Gap> {
    return within(timeoutMs, `${this.name} did not record anything and die of it`, async (expired) => {
      for (;;) {
        expired.throwIfAborted();
        await this.ready(timeoutMs);
        const process = this.process as WorkerProcess;
        this.become('down');
        process.kill('SIGUSR2');
        await process.exited;
        const line = process.output.find((text) => text.startsWith('{"diedAfterCommit"'));
        if (line !== undefined) return (JSON.parse(line) as { diedAfterCommit: Gap }).diedAfterCommit;
        // Something else ended it first.
        this.endedByItself += 1;
        this.become('running');
        await sleep(RESTART_AFTER_MS);
      }
    });
  }

  async stop(): Promise<void> {
    this.mode = 'stopped';
    this.thaw();
    this.process?.kill('SIGKILL');
    await this.supervision;
  }

  /** One that was stopped stays so. */
  private become(mode: 'running' | 'down'): void {
    if (this.mode !== 'stopped') this.mode = mode;
  }

  private async supervise(): Promise<void> {
    while (this.mode !== 'stopped') {
      if (this.mode === 'running') {
        const { exited, output } = (this.process = this.run());
        await exited;
        // Else its last words would pass for those of a worker that runs.
        this.process = undefined;
        if (output.some((line) => line.startsWith('{"diedAfterOwnMove"'))) this.diedAfterOwnMove += 1;
        else if (this.mode === 'running') this.endedByItself += 1;
      }
      await sleep(RESTART_AFTER_MS);
    }
  }
}
