import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

import { GATEWAY_LIMITS } from '../limits';

/** One event of a stream. */
export interface ServerSentEvent {
  /** What a client that has seen it goes on from, in Last-Event-ID. */
  id: string;
  event: string;
  data: unknown;
}

/**
 * Writes events as they come, until the client leaves, the source ends or the signal is set. A client that reads slowly
 * makes the source wait: nothing piles up.
 */
export async function writeEvents(
  response: ServerResponse,
  events: AsyncIterable<ServerSentEvent>,
  signal: AbortSignal,
): Promise<void> {
  response.write(`retry: ${GATEWAY_LIMITS.eventsRetryMs}\n\n`);
  const heartbeat = setInterval(() => response.write(':\n\n'), GATEWAY_LIMITS.eventsHeartbeatMs);
  try {
    for await (const event of events) {
      if (signal.aborted || !(await write(response, textOf(event), signal))) break;
    }
  } finally {
    clearInterval(heartbeat);
    end(response);
  }
}

/** A client that does not read would otherwise keep the connection, and what was meant for it, for as long as it likes. */
function end(response: ServerResponse): void {
  const late = setTimeout(() => response.destroy(), GATEWAY_LIMITS.eventsEndMs).unref();
  response.once('close', () => clearTimeout(late)).end();
}

/** JSON has no line breaks of its own, so data is one line. */
function textOf({ id, event, data }: ServerSentEvent): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

async function write(response: ServerResponse, text: string, signal: AbortSignal): Promise<boolean> {
  if (response.destroyed) return false;
  if (!response.write(text)) {
    // The rejection is the signal's.
    await once(response, 'drain', { signal }).catch(() => undefined);
  }
  return !signal.aborted;
}
