import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface ReceivedRequest {
  at: number;
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: unknown;
}

/** Answers one request. */
export type Reply = (response: ServerResponse, request: ReceivedRequest) => void;

export interface ScriptedServer {
  url: string;
  /** In the order in which they came. */
  received: ReceivedRequest[];
  /** What it answers to the next requests, one after another; the last goes on. */
  replies: (...replies: Reply[]) => void;
  close: () => Promise<void>;
}

/** A server that answers as it is told to: for answers that the gateway gives only when something has failed. */
export async function startScriptedServer(): Promise<ScriptedServer> {
  let script: Reply[] = [];
  const received: ReceivedRequest[] = [];
  const server = createServer((incoming, response) => {
    let text = '';
    incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    incoming.on('end', () => {
      const { method = '', url: path = '', headers } = incoming;
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      const request = { at: Date.now(), method, path, headers, body };
      received.push(request);
      const reply = script.length > 1 ? script.shift() : script[0];
      if (reply === undefined) throw new Error(`No reply to ${method} ${path}`);
      reply(response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    replies(...replies) {
      script = replies;
      received.length = 0;
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export function text(status: number, body: string, headers: Record<string, string> = {}): Reply {
  return (response) => response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(body);
}

export function problem(
  status: number,
  code: string,
  { headers = {}, ...more }: { headers?: Record<string, string>; [field: string]: unknown } = {},
): Reply {
  const type = `urn:intent-engine:problem:${code}`;
  const body = { type, title: 'A title.', status, detail: `The detail of ${code}.`, code, ...more };
  return json(status, body, { 'content-type': 'application/problem+json', ...headers });
}

/** Takes the request, and loses the connection. */
export const lost: Reply = (response) => {
  response.socket?.destroy();
};

/** Loses it in the middle of the answer. */
export const lostHalfWay: Reply = (response) => {
  response.writeHead(200, { 'content-length': '1000' });
  response.write('{"status":"app', () => response.socket?.destroy());
};

/** Takes the request, and never answers. */
export const silent: Reply = () => {};
