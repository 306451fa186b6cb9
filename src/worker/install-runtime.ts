import { DefaultLogger, Runtime, type RuntimeOptions } from '@temporalio/worker';

import { resolveMetricsAddress } from './metrics-address';

/**
 * Installs Temporal's runtime, which serves metrics for Prometheus at `/metrics` of the address, if one is given.
 *
 * @throws Error when the address can't be used
 */
export async function installRuntime(metricsAddress: string | undefined): Promise<Runtime> {
  const options: RuntimeOptions = {
    logger: new DefaultLogger('WARN'),
    shutdownSignals: ['SIGINT', 'SIGTERM'],
  };
  if (!metricsAddress) return Runtime.install(options);
  const bindAddress = await resolveMetricsAddress(metricsAddress);
  try {
    return Runtime.install({ ...options, telemetryOptions: { metrics: { prometheus: { bindAddress } } } });
  } catch (error) {
    throw new Error(
      `--metrics-address: metrics can't be served at ${bindAddress} (${(error as Error).message}); choose another port`,
      { cause: error },
    );
  }
}
