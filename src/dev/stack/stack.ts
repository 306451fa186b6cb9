import { accessSync, constants, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { DEFAULT_DATA_DIR } from '../checkout';
import { tryLock } from '../machine/lock-file';
import { assertPortsFree, freePort } from '../machine/ports';
import { silentProgress, type ShowProgress } from '../progress';
import {
  forgetProcesses,
  killRecordedProcesses,
  recordProcess,
  stopRecordedProcesses,
  type ProcessName,
  STOP_ORDER,
} from './recorded-processes';
import { startStackDatabase, useGivenDatabase } from './stack-database';
import {
  readRunningStack,
  removeStackEnvironment,
  stackEnvFile,
  stackLock,
  withoutStarted,
  writeStackEnvironment,
  type Environment,
} from './stack-environment';
import type { StackPart } from './stack-part';
import { scheduleVerification } from './stack-schedule';
import { startStackTemporal, useGivenTemporal, withoutTemporalSettings } from './stack-temporal';
import { makeTemporaryFolder } from '../machine/temporary-folder';
import { startProgram, type Program } from './program-process';

export { readRunningStack } from './stack-environment';

export const DEFAULT_PORTS = { postgres: 54320, temporal: 7233, ui: 8233, gateway: 8333 };

export interface StackOptions {
  /** Everything in a new folder that goes away with the stack, on free ports, whatever the environment gives. */
  temporary?: boolean;
  /** Default: `.data` in the checkout. */
  dataDir?: string;
  /** Defaults: {@link DEFAULT_PORTS}. */
  ports?: { postgres?: number; temporal?: number; ui?: number; gateway?: number };
  /** Server settings of Postgres by name, for example `{ fsync: 'off' }`. */
  postgresSettings?: Record<string, string>;
  /** Leaves out Temporal's Web UI. */
  headless?: boolean;
  /** Starts a worker too. Default: true. */
  worker?: boolean;
  /** Starts the HTTP API too, where there is a login for it. Default: true, but not for a temporary stack. */
  gateway?: boolean;
  /** Where `DATABASE_URL` and `TEMPORAL_ADDRESS` are looked for. Default: `process.env`. */
  environment?: NodeJS.ProcessEnv;
  log?: (line: string) => void;
  progress?: ShowProgress;
  onLine?: (program: Program, line: string) => void;
  /** Stops in order, also while starting; then `startStack` rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Kills everything at once, also while starting. */
  forceSignal?: AbortSignal;
}

export interface Stack {
  /** What is also in `stack.env`. Holds passwords: not for printing. */
  env: Environment;
  /** File with {@link env} for shells. */
  envFile: string;
  dataDir: string;
  /** Address of Temporal's Web UI, if known. */
  uiUrl: string | undefined;
  /** Resolves with the reason when one of the processes ends unasked. */
  failed: Promise<string>;
  /** Lets the gateway and the worker drain, then stops Temporal, then Postgres. */
  stop(): Promise<void>;
}

/** Another stack already runs on the same data folder. */
class AlreadyRunningError extends Error {
  override readonly name = 'AlreadyRunningError';
}

/**
 * Starts Postgres, Temporal, a worker and the HTTP API, and resolves once all of them answer. With `DATABASE_URL` or
 * `TEMPORAL_ADDRESS` given, that part is used and not started.
 *
 * @throws PortTakenError, AlreadyRunningError before anything is started; WorkerFailedError and others after
 * everything has been stopped again.
 * @example
 * const stack = await startStack({ temporary: true });
 * const intents = await IntentClient.connect({ databaseUrl: stack.env.DATABASE_URL });
 * await stack.stop();
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { temporary = false, signal } = options;
  const temporaryFolder = temporary ? await makeTemporaryFolder() : undefined;
  const dataDir = temporaryFolder?.path ?? resolve(options.dataDir || DEFAULT_DATA_DIR);
  if (!temporaryFolder) makeWritable(dataDir);
  const release = temporaryFolder ? temporaryFolder.remove : claim(dataDir);

  const parts: StackPart[] = [];
  let stopping = false;
  let reportFailure: (reason: string) => void = () => {};
  const failed = new Promise<string>((resolveFailure) => (reportFailure = resolveFailure));
  const add = (part: StackPart) => {
    parts.push(part);
    void part.exited.then(({ code, signal: killedBy }) => {
      if (!stopping) reportFailure(`${TITLE[part.name]} ended with ${killedBy ?? `code ${code}`}.`);
    });
  };
  const stop = async () => {
    stopping = true;
    removeStackEnvironment(dataDir);
    for (const name of STOP_ORDER) {
      await parts.find((part) => part.name === name)?.stop();
    }
    forgetProcesses(dataDir);
    release();
  };

  options.forceSignal?.addEventListener('abort', () => {
    stopping = true;
    removeStackEnvironment(dataDir);
    killRecordedProcesses(dataDir);
    release();
  });

  try {
    const env = await startParts(options, dataDir, add);
    signal?.throwIfAborted();
    return {
      env,
      envFile: stackEnvFile(dataDir),
      dataDir,
      uiUrl: env.TEMPORAL_UI_URL,
      failed,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const TITLE: Record<ProcessName, string> = {
  prometheus: 'Prometheus',
  gateway: 'The HTTP API',
  worker: 'The worker',
  temporal: 'Temporal',
  postgres: 'Postgres',
};

function makeWritable(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true });
    accessSync(dataDir, constants.W_OK);
  } catch (error) {
    throw new Error(
      `Can't write to ${dataDir} (${(error as NodeJS.ErrnoException).code}): choose another --data-dir.`,
      {
        cause: error,
      },
    );
  }
}

/** One stack a data folder. */
function claim(dataDir: string): () => void {
  const lock = tryLock(stackLock(dataDir));
  if (lock.acquired) return lock.release;
  const running = readRunningStack(dataDir);
  const addresses = running
    ? ` Temporal: ${running.TEMPORAL_ADDRESS}, its Web UI: ${running.TEMPORAL_UI_URL ?? 'none'}, ` +
      `Postgres: ${new URL(running.DATABASE_URL ?? '').host}; all in ${stackEnvFile(dataDir)}.`
    : ' It is not ready yet.';
  throw new AlreadyRunningError(
    `A stack is already running on ${dataDir} (pid ${lock.holder.pid}).${addresses}`,
  );
}

async function startParts(
  options: StackOptions,
  dataDir: string,
  add: (part: StackPart) => void,
): Promise<Environment> {
  const {
    temporary = false,
    headless = false,
    worker = true,
    gateway = !temporary,
    log = () => {},
    onLine = () => {},
  } = options;
  removeStackEnvironment(dataDir);
  await stopRecordedProcesses(dataDir, log);
  const environment = withoutStarted(options.environment ?? process.env);
  const { DATABASE_URL: givenDatabase, TEMPORAL_ADDRESS: givenTemporal } = temporary ? {} : environment;
  const ports = temporary ? { ...options.ports } : { ...DEFAULT_PORTS, ...options.ports };
  await assertPortsFree([
    ...(givenDatabase ? [] : wish(ports.postgres, 'Postgres', 'postgres')),
    ...(givenTemporal ? [] : wish(ports.temporal, 'Temporal', 'temporal')),
    ...(givenTemporal || headless ? [] : wish(ports.ui, "Temporal's Web UI", 'ui')),
    ...(gateway ? wish(ports.gateway, 'the HTTP API', 'gateway') : []),
  ]);

  // The first failure also ends what the other one is doing, which may be a build of minutes.
  const failure = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failure.signal]) : failure.signal;
  const starts = [
    givenDatabase
      ? useGivenDatabase(givenDatabase, environment.OWNER_DATABASE_URL || givenDatabase, log)
      : startStackDatabase({
          dataDir,
          port: ports.postgres,
          settings: options.postgresSettings ?? {},
          add,
          log,
          signal,
        }),
    givenTemporal
      ? useGivenTemporal(givenTemporal, environment)
      : startStackTemporal({
          dataDir,
          ports,
          namespace: (!temporary && environment.TEMPORAL_NAMESPACE) || 'default',
          headless,
          temporary,
          add,
          log,
          progress: options.progress ?? silentProgress,
          signal,
        }),
  ];
  for (const start of starts) start.catch((error: unknown) => failure.abort(error));
  await Promise.allSettled(starts);
  signal.throwIfAborted();
  const [database, temporal] = await Promise.all(starts);
  const env: Environment = { ...database, ...temporal };

  if (worker) {
    const started = await startProgram('worker', {
      env: { ...(givenTemporal ? environment : withoutTemporalSettings(environment)), ...env },
      onLine: (line) => onLine('worker', line),
      onSpawn: (pid) => recordProcess(dataDir, 'worker', pid),
      signal,
    });
    add({ name: 'worker', ...started });
    // In a Temporal that was given, its owner decides.
    if (!givenTemporal && !temporary && temporal !== undefined) await scheduleVerification(temporal);
  }
  const gatewayDatabase =
    env.GATEWAY_DATABASE_URL ?? (givenDatabase ? environment.GATEWAY_DATABASE_URL : undefined);
  if (gateway && gatewayDatabase) {
    const address = `127.0.0.1:${ports.gateway ?? (await freePort())}`;
    const started = await startProgram('gateway', {
      env: {
        ...(givenTemporal ? environment : withoutTemporalSettings(environment)),
        ...env,
        GATEWAY_DATABASE_URL: gatewayDatabase,
        // The worker's, where one is given.
        INTENT_METRICS_ADDRESS: '',
        INTENT_GATEWAY_ADDRESS: address,
      },
      onLine: (line) => onLine('gateway', line),
      onSpawn: (pid) => recordProcess(dataDir, 'gateway', pid),
      signal,
    });
    add({ name: 'gateway', ...started });
    env.INTENT_API_URL = `http://${address}`;
  }
  const started = [
    ...(givenDatabase ? [] : Object.keys(database ?? {})),
    ...(givenTemporal ? [] : Object.keys(temporal ?? {})),
  ];
  writeStackEnvironment(dataDir, env, started);
  return env;
}

function wish(port: number | undefined, purpose: string, name: string) {
  if (port === undefined) return [];
  return [{ port, purpose, flag: `--${name}-port`, variable: `INTENT_${name.toUpperCase()}_PORT` }];
}
