import type { FastifyReply, FastifyRequest } from 'fastify';

import { GATEWAY_LIMITS } from '../limits';
import type { GatewayMetrics } from '../metrics';
import { Problem } from '../problem';
import type { EventFeeds } from './event-feeds';
import type { OrganizationFeed } from './organization-feed';
import { writeEvents, type ServerSentEvent } from './server-sent-events';

/** The streams of one gateway. */
export class Streams {
  private readonly current = new Set<AbortController>();

  constructor(
    private readonly feeds: EventFeeds,
    private readonly metrics: GatewayMetrics,
  ) {}

  /** Ends all of them: their clients go on elsewhere. */
  close(): void {
    for (const controller of this.current) controller.abort();
  }

  /** Takes the answer over from Fastify. */
  open(
    request: FastifyRequest,
    reply: FastifyReply,
    events: (feed: OrganizationFeed, signal: AbortSignal) => AsyncIterable<ServerSentEvent>,
  ): void {
    if (this.current.size >= GATEWAY_LIMITS.eventStreams) {
      throw new Problem('TOO_MANY_WAITING', 'This gateway has as many streams as it can; come back later.');
    }
    const controller = new AbortController();
    const { signal } = controller;
    this.current.add(controller);
    const closed = this.metrics.streamOpened();
    const feed = this.feeds.of(request.organization.id);
    const leave = feed.join();
    const until = request.principal.expiresAt?.getTime() ?? Infinity;
    const end = setTimeout(
      () => controller.abort(),
      Math.min(GATEWAY_LIMITS.eventStreamMs, Math.max(0, until - Date.now())),
    );
    reply.raw.once('close', () => controller.abort());

    void reply.hijack();
    reply.raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      // Nothing follows on it; a gateway that stops need not wait for it.
      connection: 'close',
      // Of nginx: it would keep events back until it has a buffer full.
      'x-accel-buffering': 'no',
    });
    writeEvents(reply.raw, events(feed, signal), signal)
      .catch((error: unknown) => request.log.error({ err: error }, 'a stream of events failed'))
      .finally(() => {
        clearTimeout(end);
        leave();
        closed();
        this.current.delete(controller);
      });
  }
}
