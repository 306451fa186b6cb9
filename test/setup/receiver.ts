import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  headers: IncomingHttpHeaders;
  /** As it came, byte by byte. */
  text: string;
  body: ReceivedBody;
}

interface ReceivedBody {
  type: string;
  timestamp: string;
  data: {
    type: string;
    intentId: string;
    transition: { sequence: number; newState: string } | null;
    vote: { number: number } | null;
  };
}

/** An answer: a status, or whatever is done with the response. */
export type ReceiverAnswer = number | ((response: ServerResponse) => void);

export interface Receiver {
  url: string;
  port: number;
  received: Received[];
  /** Connections that were made, whatever came of them. */
  readonly connections: number;
  close: () => Promise<void>;
}

/** A receiver of webhooks: a real server on a free port, which keeps what it is sent. */
export async function startReceiver(
  answer: (message: Received) => ReceiverAnswer = () => 204,
): Promise<Receiver> {
  const received: Received[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const message = { headers: request.headers, text, body: JSON.parse(text) as ReceivedBody };
      received.push(message);
      const answered = answer(message);
      if (typeof answered === 'number') response.writeHead(answered).end();
      else answered(response);
    });
  });
  server.on('connection', () => (connections += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    port,
    received,
    get connections() {
      return connections;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
