import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Span,
} from '@opentelemetry/api';

import type { Decision } from '../intent';
import type { RecordOutcomesRequest } from '../workflows/activities';

/**
 * Records in the traces of those whose outcomes are recorded: each has a span from the decision on, and one of the recording.
 * What Postgres is asked stands in the first of them, as one statement is for all.
 */
export async function tracedRecording<Stored>(
  { id, decisions, traces = {} }: RecordOutcomesRequest,
  store: () => Promise<Stored>,
): Promise<Stored> {
  const spans = decisions.flatMap((decision) => {
    const traceparent = traces[decision.requestId];
    return traceparent === undefined ? [] : [spanOf(id, decision, traceparent)];
  });
  const [first] = spans;
  if (first === undefined) return store();
  try {
    return await context.with(trace.setSpan(context.active(), first), store);
  } catch (error) {
    for (const span of spans) span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    for (const span of spans) span.end();
  }
}

/** The workflow's part lies between its decision and now; it is told here, as nothing but decisions happen in it. */
function spanOf(intentId: string, decision: Decision, traceparent: string): Span {
  const tracer = trace.getTracer('intent-engine');
  const sender = propagation.extract(ROOT_CONTEXT, { traceparent });
  const attributes = {
    temporalWorkflowId: intentId,
    'intent.request_id': decision.requestId,
    ...saidBy(decision),
  };
  const decided = tracer.startSpan(
    'RunWorkflow:intentWorkflow',
    { kind: SpanKind.CONSUMER, attributes, startTime: new Date(decidedAt(decision)) },
    sender,
  );
  decided.end();
  return tracer.startSpan('RunActivity:recordOutcomes', { attributes }, trace.setSpan(sender, decided));
}

function decidedAt(decision: Decision): string {
  if (decision.status === 'applied') return decision.transitionedAt;
  return decision.status === 'rejected' ? decision.rejectedAt : decision.vote.votedAt;
}

/** Nothing that says who asked, or why. */
function saidBy(decision: Decision): Record<string, string | number> {
  if (decision.status === 'applied') {
    const { sequence, previousState, newState } = decision;
    return {
      'intent.outcome': 'applied',
      'intent.sequence': sequence,
      'intent.new_state': newState,
      ...(previousState !== null && { 'intent.previous_state': previousState }),
    };
  }
  return { 'intent.outcome': decision.status === 'voted' ? 'voted' : decision.code };
}
