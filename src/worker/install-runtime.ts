import { Runtime, type RuntimeOptions } from '@temporalio/worker';
import type { Logger } from 'pino';

import { RECORDING_BUCKETS } from '../activities/recording-telemetry';
import { temporalLogger } from '../logging/temporal-logger';
import { WORKFLOW_BUCKETS } from '../workflows/metrics';
import { resolveMetricsAddress } from './metrics-address';

/**
 * Installs Temporal's runtime, which logs through the logger, its Rust part too, and serves metrics for Prometheus at
 * `/metrics` of the address, if one is given.
 *
 * @throws Error when the address can't be used
 */
export async function installRuntime(metricsAddress: string | undefined, logger: Logger): Promise<Runtime> {
  const options: RuntimeOptions = {
    // What it tells at INFO is about its own inside.
    logger: temporalLogger(logger, 'debug'),
    shutdownSignals: ['SIGINT', 'SIGTERM'],
  };
  const logging = { filter: rustFilter(logger), forward: {} };
  if (!metricsAddress) return Runtime.install({ ...options, telemetryOptions: { logging } });
  const bindAddress = await resolveMetricsAddress(metricsAddress);
  const prometheus = { bindAddress, histogramBucketOverrides: { ...RECORDING_BUCKETS, ...WORKFLOW_BUCKETS } };
  try {
    return Runtime.install({ ...options, telemetryOptions: { logging, metrics: { prometheus } } });
  } catch (error) {
    throw new Error(
      `--metrics-address: metrics can't be served at ${bindAddress} (${(error as Error).message}); choose another port`,
      { cause: error },
    );
  }
}

/** What is not logged need not come out of the Rust part. */
function rustFilter(logger: Logger): { core: 'TRACE' | 'DEBUG' | 'WARN'; other: 'DEBUG' | 'WARN' } {
  if (logger.isLevelEnabled('trace')) return { core: 'TRACE', other: 'DEBUG' };
  return logger.isLevelEnabled('debug') ? { core: 'DEBUG', other: 'WARN' } : { core: 'WARN', other: 'WARN' };
}
