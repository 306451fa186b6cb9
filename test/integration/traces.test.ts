import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { TRACE_HEADER } from '../../src/intent';
import { startGateway, type TestGateway } from '../setup/gateway';
import {
  createIntentEnvironment,
  fromEnvironment,
  ORGANIZATION,
  type IntentEnvironment,
} from '../setup/intent-environment';
import { killLeftovers, startProcess, startWorkerProcess } from '../setup/worker-process';

interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  attributes: { key: string; value: { stringValue?: string } }[];
  status: object;
}

let environment: IntentEnvironment;
let keys: TestGateway;
let collector: Server;
/** With the service that sent each. */
const spans: (Span & { service: string })[] = [];

beforeAll(async () => {
  environment = await createIntentEnvironment('traces');
  keys = await startGateway(environment);
  collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      keep(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Exported);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
});
afterAll(async () => {
  killLeftovers();
  collector.closeAllConnections();
  await new Promise((resolve) => collector.close(resolve));
  await keys.close();
  await environment.close();
});

interface Exported {
  resourceSpans: { resource: Pick<Span, 'attributes'>; scopeSpans: { spans: Span[] }[] }[];
}

function keep({ resourceSpans }: Exported): void {
  for (const { resource, scopeSpans } of resourceSpans) {
    const name = resource.attributes.find(({ key }) => key === 'service.name');
    const service = name?.value.stringValue ?? '';
    spans.push(...scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ ...span, service }))));
  }
}

test('a trace goes from the sender through gateway, signal, workflow and activity to Postgres', async () => {
  const { database, taskQueue } = environment;
  const { port } = collector.address() as AddressInfo;
  const env = {
    TEMPORAL_ADDRESS: fromEnvironment('TEST_TEMPORAL_ADDRESS'),
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
  };
  const worker = startWorkerProcess(['--task-queue', taskQueue, '--no-operations'], {
    ...env,
    DATABASE_URL: database.engineUrl,
  });
  const gateway = startProcess([join(__dirname, '..', '..', 'dist', 'gateway', 'main.js')], {
    ...env,
    GATEWAY_DATABASE_URL: database.gatewayUrl,
    INTENT_TASK_QUEUE: taskQueue,
    INTENT_GATEWAY_ADDRESS: '127.0.0.1:0',
  });
  await worker.sees('Worker ready');
  const url = /http:\/\/[\d.:]+/.exec(await gateway.sees('Gateway ready'))?.[0] ?? '';
  const headers = {
    authorization: `Bearer ${await keys.key({ actor: 'Grace Hopper' })}`,
    'content-type': 'application/json',
    prefer: 'wait=20',
  };
  const post = async (path: string, body: object, more: Record<string, string> = {}) => {
    const answer = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { ...headers, ...more },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as Record<string, unknown>;
  };
  const { id } = await post('/v1/intents', { title: 'Of nobody else' });

  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const sender = '00f067aa0ba902b7';
  const said = { reason: 'for a reason', metadata: { secret: 'of metadata' } };
  const outcome = await post(
    `/v1/intents/${id as string}/transitions`,
    { to: 'ICP_PENDING', ...said },
    { traceparent: `00-${traceId}-${sender}-01` },
  );
  expect(outcome).toMatchObject({ status: 'applied' });
  for (const process of [gateway, worker]) {
    process.kill('SIGTERM');
    expect(await process.exited).toBe(0);
  }

  const traced = spans.filter((span) => span.traceId === traceId);
  const below = (parent: string | undefined, service: string, name: string | RegExp) => {
    const found = traced.find(
      (span) => span.parentSpanId === parent && span.service === service && span.name.match(name),
    );
    if (found === undefined) throw new Error(`No span ${name} below ${parent}: ${JSON.stringify(traced)}`);
    return found.spanId;
  };
  const request = below(sender, 'intent-gateway', /^POST/);
  const signal = below(request, 'intent-gateway', 'SignalWorkflow:requestTransition');
  const workflow = below(signal, 'intent-worker', 'RunWorkflow:intentWorkflow');
  const activity = below(workflow, 'intent-worker', 'RunActivity:recordOutcomes');
  below(activity, 'intent-worker', /^pg\.query/);

  const all = JSON.stringify(spans);
  const { password } = new URL(database.engineUrl);
  for (const hidden of [
    'Of nobody else',
    'for a reason',
    'of metadata',
    'Grace Hopper',
    headers.authorization,
    password,
  ]) {
    expect(all).not.toContain(hidden);
  }
});

test('without OpenTelemetry no history has a word of it', async () => {
  const stop = await environment.startWorker();
  const { id } = await environment.intents.create({ organizationId: ORGANIZATION });
  await environment.intents.transition(id, { to: 'ICP_PENDING' });
  await stop();
  const { events } = await environment.temporal.workflow.getHandle(id).fetchHistory();
  const signals = events?.flatMap((event) => event.workflowExecutionSignaledEventAttributes ?? []) ?? [];
  expect(signals).toHaveLength(1);
  expect(Object.keys(signals[0]?.header?.fields ?? {})).not.toContain(TRACE_HEADER);
});
