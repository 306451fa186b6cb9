import { defaultPayloadConverter } from '@temporalio/common';
import type { WorkflowInboundCallsInterceptor, WorkflowInterceptors } from '@temporalio/workflow';

import { LIMITS, TRACE_HEADER, traceparentOf } from '../intent';

/** Traces of requests that are not judged yet, by request id, the oldest first. */
const traces = new Map<string, string>();

/** The trace of a request, given once: it goes on with the recording of its outcome. */
export function takeTrace(requestId: string): string | undefined {
  const trace = traces.get(requestId);
  traces.delete(requestId);
  return trace;
}

/** Notes which trace a request belongs to. Nothing is decided by it: it is told to whoever records the outcome. */
const noting: WorkflowInboundCallsInterceptor = {
  async handleSignal(input, next) {
    const header = input.headers[TRACE_HEADER];
    const trace = header && traceparentOf(valueOf(header));
    const requestId = (input.args[0] as { requestId?: unknown } | undefined)?.requestId;
    if (trace !== undefined && typeof requestId === 'string') {
      traces.set(requestId, trace);
      const [oldest] = traces.keys();
      if (traces.size > LIMITS.traces && oldest !== undefined) traces.delete(oldest);
    }
    return next(input);
  },
};

/** A handler that throws would stop the workflow. */
function valueOf(header: Parameters<typeof defaultPayloadConverter.fromPayload>[0]): unknown {
  try {
    return defaultPayloadConverter.fromPayload(header);
  } catch {
    return undefined;
  }
}

/** Found by Temporal by its name. */
export const interceptors = (): WorkflowInterceptors => ({ inbound: [noting] });
