import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

import type { Outcome } from '../intent';

/** docs/reference/metrics.md is held equal to this by a test. */
export const GATEWAY_METRICS = {
  intent_http_requests_total:
    'Answers, by the labels method, route and status; a path that is no route is the route none',
  intent_http_request_duration_seconds:
    'From a request to the end of its answer, by the labels method and route; a histogram, without streams of events',
  intent_http_outcomes_total:
    'Outcomes in answers, by the label outcome: applied, voted, or the code of the rejection',
  intent_key_uses_total: 'Keys that came with requests, by the label result: accepted or refused',
  intent_event_streams: 'Streams of events that are open',
} as const;

/** Upper ends of the histogram's buckets. `Prefer: wait` waits for up to a minute. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60];

/** Methods beyond these, which anybody may send, have the label `other`. */
const METHODS = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);

/** What one gateway measures. No label tells of an organization, an intent or a key. */
export class GatewayMetrics {
  readonly registry = new Registry();
  private readonly requests = new Counter({
    ...described('intent_http_requests_total'),
    labelNames: ['method', 'route', 'status'],
    registers: [this.registry],
  });
  private readonly durations = new Histogram({
    ...described('intent_http_request_duration_seconds'),
    labelNames: ['method', 'route'],
    buckets: BUCKETS,
    registers: [this.registry],
  });
  private readonly outcomes = new Counter({
    ...described('intent_http_outcomes_total'),
    labelNames: ['outcome'],
    registers: [this.registry],
  });
  private readonly keyUses = new Counter({
    ...described('intent_key_uses_total'),
    labelNames: ['result'],
    registers: [this.registry],
  });
  private readonly streams = new Gauge({
    ...described('intent_event_streams'),
    registers: [this.registry],
  });

  /** Measures every answer of an app. */
  measure(app: FastifyInstance): void {
    app.addHook('onResponse', (request: FastifyRequest, reply: FastifyReply, done) => {
      const method = METHODS.has(request.method) ? request.method : 'other';
      const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
      this.requests.inc({ method, route, status: reply.statusCode });
      // A stream ends when its client likes.
      if (!isStream(reply)) this.durations.observe({ method, route }, reply.elapsedTime / 1_000);
      done();
    });
  }

  outcome(outcome: Outcome): void {
    this.outcomes.inc({ outcome: outcome.status === 'rejected' ? outcome.code : outcome.status });
  }

  keyUse(result: 'accepted' | 'refused'): void {
    this.keyUses.inc({ result });
  }

  /** @returns to be called when it has ended */
  streamOpened(): () => void {
    this.streams.inc();
    return () => this.streams.dec();
  }

  /** Of the process: memory, event loop, garbage collection. Only what is served needs them. */
  collectProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }
}

function described(name: keyof typeof GATEWAY_METRICS): { name: string; help: string } {
  return { name, help: GATEWAY_METRICS[name] };
}

function isStream({ raw }: FastifyReply): boolean {
  return raw.getHeader('content-type') === 'text/event-stream';
}
