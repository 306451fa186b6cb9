import { makeTemporaryFolder, type TemporaryFolder } from '../../src/dev/machine/temporary-folder';
import {
  killRecordedProcesses,
  recordProcess,
  type ProcessName,
} from '../../src/dev/stack/recorded-processes';
import { childProcesses, signalProcess } from './child-processes';

const kept = new Set<ServerFolder>();

/** Where a server of the suite has its data. While it is kept, `killServers` ends the server that runs on it. */
export class ServerFolder {
  private pid: number | undefined;

  private constructor(
    private readonly name: ProcessName,
    private readonly folder: TemporaryFolder,
  ) {}

  static async make(name: ProcessName): Promise<ServerFolder> {
    const made = new ServerFolder(name, await makeTemporaryFolder());
    kept.add(made);
    return made;
  }

  get path(): string {
    return this.folder.path;
  }

  /** To be told of each process as soon as it is there. */
  readonly onSpawn = (pid: number): void => {
    this.pid = pid;
    recordProcess(this.path, this.name, pid);
  };

  /** After the server has ended. */
  remove(): void {
    kept.delete(this);
    this.folder.remove();
  }

  kill(): void {
    // Those of Postgres are in groups of their own, and where they are frozen they do not notice that it has gone.
    const children = this.pid === undefined ? [] : childProcesses(this.pid);
    killRecordedProcesses(this.path);
    for (const { pid } of children) signalProcess(pid, 'SIGKILL');
    this.remove();
  }
}

/** Ends at once, without the event loop, every server that nobody has stopped: for the end of this process. */
export function killServers(): void {
  for (const folder of kept) {
    try {
      folder.kill();
    } catch (error) {
      // The others have to end as well. What is left of the folder goes with the next start.
      process.stderr.write(`${String(error)}\n`);
    }
  }
}
