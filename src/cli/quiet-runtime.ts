import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';

/** A command that runs a worker has its own output: the worker's log would be in between. */
export function quietRuntime(): void {
  try {
    Runtime.install({
      logger: new DefaultLogger('ERROR', () => undefined),
      telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) } },
    });
  } catch {
    // There is one runtime a process, and whoever installed it has decided already.
  }
}
