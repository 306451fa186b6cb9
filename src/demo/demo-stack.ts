import { resolveEnvironment } from '../cli/environment';
import type { Cli } from '../cli/cli';
import { terminalProgress } from '../dev/progress';
import { startStack } from '../dev/stack/stack';

/** Where the demo runs, and how to leave. */
export interface DemoStack {
  env: NodeJS.ProcessEnv;
  /** Address of Temporal's Web UI, where it is known and stays after the demo. */
  uiUrl: string | undefined;
  stop: () => Promise<void>;
}

/**
 * The stack that the environment names, else the one that runs in this folder, else one of the demo's own: on free
 * ports, with data that goes away with it.
 */
export async function demoStack(cli: Cli, signal: AbortSignal): Promise<DemoStack> {
  const env = resolveEnvironment(cli);
  if (env['DATABASE_URL'] && env['TEMPORAL_ADDRESS']) {
    if (env === cli.env) cli.note('Using the Postgres of DATABASE_URL and the Temporal of TEMPORAL_ADDRESS.');
    return { env, uiUrl: env['TEMPORAL_UI_URL'], stop: () => Promise.resolve() };
  }
  cli.note('No stack runs here: starting one of its own, with temporary data. npm start keeps one running.');
  const stack = await startStack({
    temporary: true,
    log: (line) => cli.note(line),
    progress: terminalProgress(process.stderr),
    signal,
  });
  return {
    env: stack.env,
    uiUrl: undefined,
    stop: async () => {
      cli.note('Stopping the stack of the demo; its data goes away with it.');
      await stack.stop();
    },
  };
}
