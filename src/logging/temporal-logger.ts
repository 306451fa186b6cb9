import type { Logger as TemporalLogger, LogMetadata } from '@temporalio/common';
import type { Logger } from 'pino';

/**
 * A logger as Temporal's SDK wants one, which writes to ours.
 *
 * @param info the level of what Temporal calls INFO: that a worker has begun to poll, for instance
 */
export function temporalLogger(logger: Logger, info: 'debug' | 'info' = 'info'): TemporalLogger {
  const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: info, WARN: 'warn', ERROR: 'error' } as const;
  const log: TemporalLogger['log'] = (level, message, meta: LogMetadata = {}) =>
    logger[levels[level]](meta, message);
  return {
    log,
    trace: (message, meta) => log('TRACE', message, meta) as unknown,
    debug: (message, meta) => log('DEBUG', message, meta) as unknown,
    info: (message, meta) => log('INFO', message, meta) as unknown,
    warn: (message, meta) => log('WARN', message, meta) as unknown,
    error: (message, meta) => log('ERROR', message, meta) as unknown,
  };
}
