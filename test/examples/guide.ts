import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { CHECKOUT } from '../../src/dev/checkout';
import { fromEnvironment, type IntentEnvironment } from '../setup/intent-environment';
import { startProcess, type WorkerProcess } from '../setup/worker-process';

/** `npx intent` is the built command line; new intents go to the workers of the test. */
const NPX = `npx() {
  shift
  command=$1
  shift
  if [ "$command" = create ]; then set -- --task-queue "$TASK_QUEUE" "$@"; fi
  node dist/cli/main.js "$command" "$@"
}`;

/** A guide whose shell blocks are run, as its reader would run them. */
export class Guide {
  private readonly blocks: string[];

  constructor(
    page: string,
    private readonly environment: IntentEnvironment,
  ) {
    const text = readFileSync(join(CHECKOUT, page), 'utf8');
    this.blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
  }

  /**
   * Runs the one block that has this text.
   *
   * @param variables of the shell
   * @returns what it printed, and the value of its variable `id`
   */
  async run(text: string, variables: Record<string, string> = {}): Promise<{ printed: string; id: string }> {
    const { database, taskQueue } = this.environment;
    const script = [NPX, this.block(text), 'echo "id: $id"'].join('\n');
    const { stdout } = await promisify(execFile)('sh', ['-euc', script], {
      cwd: CHECKOUT,
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        DATABASE_URL: database.engineUrl,
        OWNER_DATABASE_URL: database.ownerUrl,
        TEMPORAL_ADDRESS: fromEnvironment('TEST_TEMPORAL_ADDRESS'),
        TASK_QUEUE: taskQueue,
        id: '',
        ...variables,
      },
    });
    const [printed = '', id = ''] = stdout.split('id: ');
    return { printed, id: id.trim() };
  }

  /** Starts the program of the block that has this text, which runs until it is ended. */
  async start(text: string, ready: string): Promise<WorkerProcess> {
    const program = /^npx jiti (\S+)$/m.exec(this.block(text))?.[1];
    if (program === undefined) throw new Error(`No program in the block with ${text}`);
    const worker = startProcess(['node_modules/jiti/lib/jiti-cli.mjs', program], {
      TEMPORAL_ADDRESS: fromEnvironment('TEST_TEMPORAL_ADDRESS'),
    });
    await worker.sees(ready);
    return worker;
  }

  private block(text: string): string {
    const found = this.blocks.filter((block) => block.includes(text));
    if (found.length !== 1 || found[0] === undefined) {
      throw new Error(`${found.length} blocks with ${text}`);
    }
    return found[0];
  }
}
