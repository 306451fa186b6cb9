import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertListening } from '../machine/ports';
import type { ShowProgress } from '../progress';
import { recordProcess } from './recorded-processes';
import type { Environment } from './stack-environment';
import type { StackPart } from './stack-part';
import { findTemporalCli } from '../servers/temporal-cli';
import { startTemporalDevServer } from '../servers/temporal-server';

export interface StackTemporalOptions {
  dataDir: string;
  ports: { temporal?: number; ui?: number };
  namespace: string;
  headless: boolean;
  /** Keeps everything in memory. */
  temporary: boolean;
  add: (part: StackPart) => void;
  log: (line: string) => void;
  progress: ShowProgress;
  signal: AbortSignal;
}

/** Finds the Temporal CLI and starts its dev server, with its database in the stack's folder. */
export async function startStackTemporal(options: StackTemporalOptions): Promise<Environment> {
  const { dataDir, ports, namespace, headless, temporary, add, log, progress, signal } = options;
  const cli = await findTemporalCli({ log, progress, signal });
  const server = await startTemporalDevServer({
    cli,
    logFile: join(dataDir, 'temporal.log'),
    ...(ports.temporal === undefined ? {} : { port: ports.temporal }),
    ...(ports.ui === undefined ? {} : { uiPort: ports.ui }),
    headless,
    namespace,
    dbFilename: temporary ? undefined : join(dataDir, 'temporal.db'),
    onSpawn: (pid) => recordProcess(dataDir, 'temporal', pid),
    signal,
  });
  add({ name: 'temporal', exited: server.exited, stop: () => server.stop() });
  // In place of the user's own file, whose profile may hold a cloud's key and turn TLS on.
  const configFile = join(dataDir, 'temporal.toml');
  writeFileSync(configFile, `[profile.default]\naddress = "${server.address}"\nnamespace = "${namespace}"\n`);
  return {
    TEMPORAL_ADDRESS: server.address,
    TEMPORAL_NAMESPACE: namespace,
    ...(server.uiUrl === undefined ? {} : { TEMPORAL_UI_URL: server.uiUrl }),
    TEMPORAL_CONFIG_FILE: configFile,
  };
}

/**
 * Uses a Temporal that is there already.
 *
 * @throws Error when nothing listens at the address.
 */
export async function useGivenTemporal(
  address: string,
  environment: NodeJS.ProcessEnv,
): Promise<Environment> {
  const [, host = '', port = '7233'] = /^(?:\w+:\/\/)?(.*?)(?::(\d+))?$/.exec(address) ?? [];
  try {
    await assertListening(Number(port), host);
  } catch (error) {
    throw new Error(
      `TEMPORAL_ADDRESS=${address} does not answer (${(error as NodeJS.ErrnoException).code}). ` +
        'Unset it to have a Temporal dev server started.',
      { cause: error },
    );
  }
  return {
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: environment.TEMPORAL_NAMESPACE || 'default',
    ...(environment.TEMPORAL_UI_URL ? { TEMPORAL_UI_URL: environment.TEMPORAL_UI_URL } : {}),
  };
}

/** A key or certificate in the environment belongs to another Temporal than the one we started. */
export function withoutTemporalSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('TEMPORAL_')));
}
