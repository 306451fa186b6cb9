/**
 * Header of a signal that says to which trace it belongs, as Temporal's own interceptors for OpenTelemetry have it: an object
 * of which `traceparent` is read, by W3C Trace Context.
 */
export const TRACE_HEADER = '_tracer-data';

/**
 * The trace that a header's value names, or `undefined`. Anybody may have sent it.
 *
 * @example
 * traceparentOf({ traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' })
 */
export function traceparentOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('traceparent' in value)) return undefined;
  const { traceparent } = value;
  return typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? traceparent : undefined;
}

const TRACEPARENT = /^[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
