import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';

import { TRACE_HEADER } from '../intent';

/**
 * Has a signal carry the trace in which it is sent, so that the recording of its outcome goes on with it. Does nothing in a
 * process without OpenTelemetry.
 */
export const tracedSignals: WorkflowClientInterceptor = {
  async signal(input, next) {
    const attributes = { temporalWorkflowId: input.workflowExecution.workflowId };
    const options = { kind: SpanKind.PRODUCER, attributes };
    return trace
      .getTracer('intent-engine')
      .startActiveSpan(`SignalWorkflow:${input.signalName}`, options, async (span) => {
        const carrier: Record<string, string> = {};
        propagation.inject(context.active(), carrier);
        const traced = carrier['traceparent'] !== undefined;
        const headers = {
          ...input.headers,
          ...(traced && { [TRACE_HEADER]: defaultPayloadConverter.toPayload(carrier) }),
        };
        try {
          return await next({ ...input, headers });
        } catch (error) {
          span.setStatus({ code: SpanStatusCode.ERROR });
          throw error;
        } finally {
          span.end();
        }
      });
  },
};
