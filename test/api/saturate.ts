import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import autocannon from 'autocannon';

import { GATEWAY_LIMITS } from '../../src/gateway/limits';
import { childProcesses } from '../faults/child-processes';
import type { ApiStack } from './api-stack';

const CONNECTIONS = 64;
const MISBEHAVING = 20;
/** Of memory after the first third of the run, in a minute. */
const MOST_GROWTH = 0.15;
/** Requests that one client sends at once, and takes no answer of. */
const FLOOD = 2_000;
/** For a closed connection to be read to its end. */
const LAST_BYTES_MS = 2_000;
const ANSWERS = new Set(['200', '202', '304', '409']);

export interface SaturationReport {
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  statuses: Record<string, number>;
  errors: number;
  /** Of the gateway's process. */
  rssMegabytes: { warm: number; end: number; most: number; growthAMinute: number };
  /** Clients of each kind, and how many of them the gateway had closed in time. */
  closed: Record<string, string>;
  failures: string[];
}

/** More load than the gateway can serve, reads and transitions mixed, while others hold connections that are no good. */
export async function saturate(
  options: ApiStack & { seconds: number; log: (line: string) => void },
): Promise<SaturationReport> {
  const { url, key, intentIds, seconds, log } = options;
  const pid = gatewayProcess();
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const clients = misbehave(url, key);
  const rss: number[] = [];
  const timer = setInterval(() => rss.push(residentMegabytes(pid)), 1_000);
  log(`${CONNECTIONS} connections for ${seconds} s.`);
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    duration: seconds,
    timeout: 30,
    requests: intentIds.flatMap((id) => [
      { method: 'GET' as const, path: '/v1/intents?limit=20', headers },
      { method: 'GET' as const, path: `/v1/intents/${id}/history?limit=20`, headers },
      {
        method: 'POST' as const,
        path: `/v1/intents/${id}/transitions`,
        headers,
        body: JSON.stringify({ to: 'ICP_PENDING' }),
      },
    ]),
  });
  clearInterval(timer);
  const closed = await clients.closed();
  clients.end();
  const statuses = Object.fromEntries(
    Object.entries(result.statusCodeStats ?? {}).map(([status, { count }]) => [status, count ?? 0]),
  );
  const memory = growthOf(rss);
  return {
    requestsPerSecond: Math.round(result.requests.average),
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    statuses,
    errors: result.errors,
    rssMegabytes: memory,
    closed: Object.fromEntries(
      Object.entries(closed).map(([kind, count]) => [kind, `${count}/${MISBEHAVING}`]),
    ),
    failures: [
      ...(result.errors > 0 ? [`${result.errors} requests had no answer`] : []),
      ...Object.entries(statuses)
        .filter(([status]) => !ANSWERS.has(status))
        .map(([status, count]) => `${count} requests were answered with ${status}`),
      ...(memory.growthAMinute > memory.warm * MOST_GROWTH ? ['memory grows'] : []),
      ...Object.entries(closed)
        .filter(([, count]) => count < MISBEHAVING)
        .map(([kind]) => `connections stayed open: ${kind}`),
    ],
  };
}

/** The gateway that the stack has started as a child of this process. */
function gatewayProcess(): number {
  const found = childProcesses(process.pid).find(({ title }) => title.includes('gateway/main.js'));
  if (found === undefined) throw new Error('The gateway has no process of its own here.');
  return found.pid;
}

function residentMegabytes(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1_024;
}

/** Means of the second and the last third: the collector's teeth are no growth. */
function growthOf(samples: number[]): SaturationReport['rssMegabytes'] {
  const third = Math.floor(samples.length / 3);
  const mean = (part: number[]) => part.reduce((sum, value) => sum + value, 0) / Math.max(1, part.length);
  const warm = mean(samples.slice(third, 2 * third));
  const end = mean(samples.slice(2 * third));
  const growthAMinute = ((end - warm) / Math.max(1, third)) * 60;
  const [shownWarm, shownEnd, most, growth] = [warm, end, Math.max(...samples), growthAMinute].map(
    Math.round,
  );
  return { warm: shownWarm ?? 0, end: shownEnd ?? 0, most: most ?? 0, growthAMinute: growth ?? 0 };
}

interface Misbehaving {
  /** How many of each kind the gateway has closed. */
  closed(): Promise<Record<string, number>>;
  end(): void;
}

/**
 * Clients that send a byte a second, that send nothing, that read nothing, that send thousands of requests at once,
 * and that go away in the middle of a body.
 */
function misbehave(url: string, key: string): Misbehaving {
  const { hostname, port } = new URL(url);
  const sockets: Record<string, Socket[]> = {
    'slow headers': [],
    'slow body': [],
    silent: [],
    deaf: [],
    flooding: [],
  };
  const timers: NodeJS.Timeout[] = [];
  const open = (kind: string): Socket => {
    const socket = connect(Number(port), hostname).on('error', () => undefined);
    socket.resume();
    sockets[kind]?.push(socket);
    return socket;
  };
  const post = `POST /v1/intents HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{`;
  const get = `GET /v1/intents?limit=100 HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\n\r\n`;
  // The largest answer that there is.
  const document = 'GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n';
  for (let count = 0; count < MISBEHAVING; count += 1) {
    const headers = open('slow headers');
    const body = open('slow body');
    headers.write('GET /v1/intents HTTP/1.1\r\nx-slow: ');
    body.write(post);
    timers.push(
      setInterval(() => [headers, body].forEach((socket) => socket.writable && socket.write('a')), 1_000),
    );
    open('silent');
    open('deaf').pause().write(document.repeat(GATEWAY_LIMITS.pipelinedRequests));
    open('flooding').pause().write(get.repeat(FLOOD));
    const vanishing = connect(Number(port), hostname).on('error', () => undefined);
    vanishing.write(post, () => vanishing.destroy());
  }
  return {
    async closed() {
      // What is not read is not seen to end.
      [sockets.deaf, sockets.flooding].flat().forEach((socket) => socket?.resume());
      await sleep(LAST_BYTES_MS);
      return Object.fromEntries(
        Object.entries(sockets).map(([kind, all]) => [kind, all.filter((socket) => socket.destroyed).length]),
      );
    },
    end() {
      timers.forEach((timer) => clearInterval(timer));
      Object.values(sockets)
        .flat()
        .forEach((socket) => socket.destroy());
    },
  };
}

/** Seconds that a run must last for the slowest of them to be closed. */
export const LEAST_SECONDS =
  (Math.max(GATEWAY_LIMITS.requestMs, GATEWAY_LIMITS.silenceMs) + 2 * GATEWAY_LIMITS.connectionsCheckMs) /
  1_000;
