#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { relative } from 'node:path';
import { DEFAULT_DATA_DIR } from './checkout';
import { outliveClosedOutput } from './machine/closed-output';
import { terminalProgress } from './progress';
import { DEFAULT_PORTS, startStack, type Stack } from './stack/stack';
import { ProgramFailedError } from './stack/program-process';

interface StartOptions {
  dataDir: string;
  postgresPort: number;
  temporalPort: number;
  uiPort: number;
  gatewayPort: number;
  json: boolean;
}

/** `npm` passes on a Ctrl-C that the terminal has sent us already: two signals this close are one key press. */
const SAME_KEY_PRESS_MS = 500;

/** Exit code of a command that is wrong: nothing was tried. */
const WRONG_USAGE = 2;

const EXAMPLES = `
Exit codes: 0 stopped when told to; 1 it could not start, or a server ended; 2 wrong usage; 130 interrupted at start

Environment:
  DATABASE_URL, OWNER_DATABASE_URL   use this Postgres and start none (the owner's, for migrations, if it differs)
  TEMPORAL_ADDRESS                   use this Temporal and start none (with TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, ...)
  TEMPORAL_CLI_PATH                  the Temporal CLI to start the dev server with

Examples:
  npm start
  npm start -- --postgres-port 54321 --temporal-port 7234 --ui-port 8234 --gateway-port 8334 --data-dir .data/second
  TEMPORAL_ADDRESS=127.0.0.1:7233 npm start
  set -a; . .data/stack.env; psql "$DATABASE_URL"     (in another terminal, once it is ready)`;

function command(): Command {
  return new Command('npm start --')
    .description(
      'Starts Postgres, a Temporal dev server, a worker and the HTTP API, and keeps them running until Ctrl-C.',
    )
    .addOption(
      new Option('--data-dir <folder>', 'where data, logs and stack.env are kept')
        .env('INTENT_DATA_DIR')
        .default(DEFAULT_DATA_DIR, '.data in the checkout'),
    )
    .addOption(
      portOption('--postgres-port <port>', 'Postgres', 'INTENT_POSTGRES_PORT', DEFAULT_PORTS.postgres),
    )
    .addOption(
      portOption('--temporal-port <port>', 'Temporal, gRPC', 'INTENT_TEMPORAL_PORT', DEFAULT_PORTS.temporal),
    )
    .addOption(portOption('--ui-port <port>', "Temporal's Web UI", 'INTENT_UI_PORT', DEFAULT_PORTS.ui))
    .addOption(
      portOption('--gateway-port <port>', 'the HTTP API', 'INTENT_GATEWAY_PORT', DEFAULT_PORTS.gateway),
    )
    .option(
      '--json',
      'print one line of JSON with the addresses when ready; all else goes to standard error',
      false,
    )
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(--help shows the options)')
    .exitOverride()
    .allowExcessArguments(false);
}

function portOption(flags: string, purpose: string, variable: string, port: number): Option {
  return new Option(flags, `port of ${purpose}`)
    .env(variable)
    .default(port)
    .argParser((text) => {
      const value = Number(text);
      if (!/^\d+$/.test(text) || value < 1 || value > 65_535)
        throw new InvalidArgumentError('Not a port (1 to 65535).');
      return value;
    });
}

async function main(): Promise<number> {
  outliveClosedOutput();
  const options = command().parse().opts<StartOptions>();
  // A variable that is set to nothing would otherwise mean the current folder.
  options.dataDir ||= DEFAULT_DATA_DIR;
  const say = (line: string) => (options.json ? process.stderr : process.stdout).write(`${line}\n`);
  const interrupted = new AbortController();
  const forced = new AbortController();
  let stack: Stack;
  let firstSignalAt: number | undefined;
  const onSignal = () => {
    if (firstSignalAt === undefined) {
      firstSignalAt = Date.now();
      say('\nStopping. Once more stops at once.');
      interrupted.abort(new Error('interrupted'));
    } else if (Date.now() - firstSignalAt > SAME_KEY_PRESS_MS) {
      forced.abort();
      process.exit(130);
    }
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onSignal);

  say(`Starting Postgres, Temporal, a worker and the HTTP API; data in ${shown(options.dataDir)}.`);
  try {
    stack = await startStack({
      dataDir: options.dataDir,
      ports: {
        postgres: options.postgresPort,
        temporal: options.temporalPort,
        ui: options.uiPort,
        gateway: options.gatewayPort,
      },
      log: say,
      progress: terminalProgress(process.stderr),
      onLine: (program, line) => say(`${program} | ${line}`),
      signal: interrupted.signal,
      forceSignal: forced.signal,
    });
  } catch (error) {
    if (interrupted.signal.aborted) return 130;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof ProgramFailedError ? error.exitCode : 1;
  }

  if (options.json) process.stdout.write(`${JSON.stringify(addresses(stack))}\n`);
  else say(welcome(stack));
  const reason = await Promise.race([stack.failed, untilAborted(interrupted.signal)]);
  if (reason !== undefined)
    process.stderr.write(`${reason} Stopping the rest; logs are in ${shown(stack.dataDir)}.\n`);
  await stack.stop();
  say('Stopped.');
  return reason === undefined ? 0 : 1;
}

/** No password in it: those are in the file that `envFile` names. */
function addresses(stack: Stack) {
  const { host, pathname } = new URL(stack.env.DATABASE_URL ?? '');
  return {
    pid: process.pid,
    temporalAddress: stack.env.TEMPORAL_ADDRESS,
    temporalNamespace: stack.env.TEMPORAL_NAMESPACE,
    temporalUiUrl: stack.uiUrl ?? null,
    apiUrl: stack.env.INTENT_API_URL ?? null,
    postgres: host,
    database: pathname.slice(1),
    envFile: stack.envFile,
  };
}

function welcome(stack: Stack): string {
  const { temporalAddress, temporalNamespace, postgres, database, apiUrl } = addresses(stack);
  return `
Ready.
  Temporal Web UI  ${stack.uiUrl ?? 'unknown (set TEMPORAL_UI_URL)'}
  Temporal         ${temporalAddress}, namespace ${temporalNamespace}
  Postgres         ${postgres}, database ${database}
  HTTP API         ${apiUrl === null ? 'not started: set GATEWAY_DATABASE_URL' : `${apiUrl}/docs`}

In another terminal:
  npm run demo
  set -a; . ${quoted(shown(stack.envFile))}; psql "$DATABASE_URL" -c 'SELECT id, state FROM intent_workflows'

Ctrl-C stops everything and keeps the data.`;
}

/** As a person would type it from here; with `./` where a shell would otherwise search its PATH. */
function shown(path: string): string {
  const here = relative(process.cwd(), path);
  return here === '' || here.startsWith('..') ? path : here.includes('/') ? here : `./${here}`;
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

function untilAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    // Commander has printed what is wrong, or the help.
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : WRONG_USAGE);
    throw error;
  },
);
