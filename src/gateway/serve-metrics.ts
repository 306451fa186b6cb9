import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

import type { GatewayMetrics } from './metrics';

/**
 * Serves metrics for Prometheus at `/metrics`, apart from the API: whoever may use that may not see these.
 *
 * @throws Error that names the variable, where the address can't be used
 */
export async function serveMetrics(
  { registry }: GatewayMetrics,
  { host, port }: { host: string; port: number },
): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url?.split('?', 1)[0] !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  server.listen({ host, port });
  await once(server, 'listening').catch((error: Error) => {
    throw new Error(
      `INTENT_METRICS_ADDRESS: metrics can't be served at ${host}:${port} (${error.message}); choose another port`,
      { cause: error },
    );
  });
  return server;
}
