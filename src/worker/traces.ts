import { startTracing } from '../tracing/start-tracing';

/** Loaded before all else, as OpenTelemetry has to be there before what it traces. */
export const stopTracing = startTracing('intent-worker');
