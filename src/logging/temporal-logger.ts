import type { Logger as TemporalLogger, LogMetadata } from '@temporalio/common';
import type { Logger } from 'pino';

/** The SDK warns of a worker without workflows; the one for deliveries is meant to have none. */
const MEANT = 'No workflows registered, not polling for workflow tasks';

/**
 * A logger as Temporal's SDK wants one, which writes to ours.
 *
 * @param info the level of what Temporal calls INFO: that a worker has begun to poll, for instance
 */
export function temporalLogger(logger: Logger, info: 'debug' | 'info' = 'info'): TemporalLogger {
  const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: info, WARN: 'warn', ERROR: 'error' } as const;
  const log: TemporalLogger['log'] = (level, message, meta: LogMetadata = {}) =>
    logger[message === MEANT ? 'debug' : levels[level]](meta, message);
  return {
    log,
    trace: (message, meta) => log('TRACE', message, meta) as unknown,
    debug: (message, meta) => log('DEBUG', message, meta) as unknown,
    info: (message, meta) => log('INFO', message, meta) as unknown,
    warn: (message, meta) => log('WARN', message, meta) as unknown,
    error: (message, meta) => log('ERROR', message, meta) as unknown,
  };
}
