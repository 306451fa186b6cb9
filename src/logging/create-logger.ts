import type pinoPretty from 'pino-pretty';
import { destination, pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';

import { errorFields } from './error-fields';
import type { LogSettings } from './log-settings';
import { createRedactor } from './redactor';

export interface LoggerOptions extends LogSettings {
  /** Of the program, in each line. */
  name: string;
  /** Whose passwords and keys are left out. Default: `process.env` */
  env?: NodeJS.ProcessEnv;
  /** Default: standard error, so that standard output has only the lines that scripts wait for. */
  stream?: DestinationStream;
  /** Trace that a line belongs to, if any: it is then in the line as `traceId`. */
  traceId?: () => string | undefined;
}

const STANDARD_ERROR = 2;

/**
 * The logger of a program. Each line is written before the call returns: what was logged last before the end of the process is
 * there. Whatever is logged, secrets and what is said about people are taken out of the line.
 *
 * @example
 * const logger = createLogger({ name: 'intent-worker', ...logSettingsFromEnvironment(process.env, process.stderr.isTTY) });
 * logger.warn({ err: error }, 'Postgres does not answer');
 */
export function createLogger({
  name,
  level,
  format,
  env = process.env,
  stream,
  traceId,
}: LoggerOptions): Logger {
  const redactor = createRedactor(env);
  return pino(
    {
      name,
      level,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: errorFields, error: errorFields },
      hooks: { streamWrite: (line) => redactor.line(line) },
      ...(traceId !== undefined && { mixin: () => withTrace(traceId()) }),
    },
    stream ?? (format === 'pretty' ? prettyStream() : destination({ dest: STANDARD_ERROR, sync: true })),
  );
}

function withTrace(traceId: string | undefined): { traceId?: string } {
  return traceId === undefined ? {} : { traceId };
}

/** Loaded only where it is used: a process in production does without. */
function prettyStream(): DestinationStream {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const pretty = require('pino-pretty') as typeof pinoPretty;
  return pretty({
    destination: STANDARD_ERROR,
    sync: true,
    colorize: process.stderr.isTTY && process.env['NO_COLOR'] === undefined,
    ignore: 'pid,hostname',
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  });
}
