import type * as Sdk from './sdk';

/** Where OpenTelemetry's own variables say that traces go. */
const ENDPOINTS = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];

/**
 * Sends the traces of this process to where `OTEL_EXPORTER_OTLP_ENDPOINT` says, by OTLP over HTTP; without it nothing is loaded.
 * To be called before http or pg are loaded. All else, sampling say, is what OpenTelemetry's own variables say.
 *
 * @param service name of the process, unless `OTEL_SERVICE_NAME` gives one
 * @returns sends what is left, and ends it
 * @example
 * const stopTracing = startTracing('intent-worker');
 */
export function startTracing(service: string, env: NodeJS.ProcessEnv = process.env): () => Promise<void> {
  if (ENDPOINTS.every((name) => !env[name])) return () => Promise.resolve();
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a process without traces needs none of it
  const { startSdk } = require('./sdk') as typeof Sdk;
  return startSdk(env['OTEL_SERVICE_NAME'] || service);
}
