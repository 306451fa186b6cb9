import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parseAllDocuments } from 'yaml';

import { CHECKOUT } from '../../src/dev/checkout';
import { runCommand } from '../../src/dev/machine/run-command';
import { drainLimits } from './drain-limits';
import { findLinters, FIRST_RUN_MS, KUBERNETES_VERSIONS, type Linters } from './linters';
import { unknownVariables } from './unknown-variables';

interface Container {
  name: string;
  image: string;
  command: string[];
  env: { name: string; value?: string; valueFrom?: { fieldRef?: { fieldPath: string } } }[];
  envFrom?: { configMapRef: { name: string } }[];
  ports?: { containerPort: number }[];
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  startupProbe?: Probe;
  lifecycle?: { preStop: { sleep: { seconds: number } } };
  securityContext: unknown;
}

interface Probe {
  httpGet?: { path: string };
  exec?: { command: string[] };
}

interface Resource {
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  data?: Record<string, string>;
  spec: {
    replicas?: number;
    maxUnavailable?: number;
    selector: { matchLabels: Record<string, string> };
    template: {
      metadata: { labels: Record<string, string> };
      spec: { containers: Container[]; terminationGracePeriodSeconds: number; securityContext: unknown };
    };
  };
}

const FOLDER = join(CHECKOUT, 'deploy', 'kustomize');
const BUILD_LABEL = 'app.kubernetes.io/version';

let linters: Linters;
let folder: string;
/** As they would be sent to Kubernetes. */
let texts: string[];
let resources: Resource[];

beforeAll(async () => {
  linters = await findLinters();
  folder = mkdtempSync(join(tmpdir(), 'kustomize-'));
  texts = [];
  for (const path of ['example', 'example/migrate'])
    texts.push(await runCommand(linters.kustomize, { args: ['build', join(FOLDER, path)] }));
  resources = texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as Resource));
}, FIRST_RUN_MS);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function found(kind: string, name: string): Resource {
  const resource = resources.find(
    (candidate) => candidate.kind === kind && candidate.metadata.name.startsWith(name),
  );
  if (!resource) throw new Error(`There is no ${kind} ${name}`);
  return resource;
}

const containerOf = (kind: string, name: string) =>
  found(kind, name).spec.template.spec.containers[0] as Container;

const validate = (version: string, text: string) => {
  const file = join(folder, 'resources.yaml');
  writeFileSync(file, text);
  return runCommand(linters.kubeconform, {
    args: ['-strict', '-summary', '-kubernetes-version', version, '-schema-location', linters.schemas, file],
  });
};

describe.each(KUBERNETES_VERSIONS)('kubeconform, with Kubernetes %s', (version) => {
  test('finds nothing', async () => {
    expect(await validate(version, texts.join('---\n'))).toContain(
      `${resources.length} resources found in 1 file - Valid: ${resources.length}, Invalid: 0, Errors: 0, Skipped: 0`,
    );
  });

  test('would find a key that there is not', async () => {
    const broken = texts.join('---\n').replace('readOnlyRootFilesystem', 'readOnlyRootFilesytem');
    await expect(validate(version, broken)).rejects.toThrow("'readOnlyRootFilesytem' not allowed");
  });
});

const PROGRAMS: [string, string][] = [
  ['Deployment', 'intent-gateway'],
  ['Deployment', 'intent-worker'],
  ['Job', 'intent-migrate'],
];

describe.each(PROGRAMS)('%s %s', (kind, name) => {
  test('runs a program that there is, and its variables are known', () => {
    const { command, env, envFrom = [] } = containerOf(kind, name);
    expect(command[0]).toBe('node');
    expect(existsSync(join(CHECKOUT, command[1] ?? ''))).toBe(true);
    const shared = envFrom.flatMap(({ configMapRef }) =>
      Object.keys(found('ConfigMap', configMapRef.name).data ?? {}),
    );
    expect(unknownVariables([...env.map((variable) => variable.name), ...shared])).toEqual([]);
  });

  test('is what a namespace with the policy "restricted" takes, and writes nothing but to a volume', () => {
    expect(found(kind, name).spec.template.spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 1_000,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(containerOf(kind, name).securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });
});

test("the gateway's probes ask for routes that there are, at the port that it listens at", () => {
  const { livenessProbe, readinessProbe, startupProbe, env, ports } = containerOf(
    'Deployment',
    'intent-gateway',
  );
  const routes = readFileSync(join(CHECKOUT, 'src', 'gateway', 'routes', 'health.ts'), 'utf8');
  expect([livenessProbe, readinessProbe, startupProbe].map((probe) => probe?.httpGet?.path)).toEqual([
    '/livez',
    '/readyz',
    '/livez',
  ]);
  for (const path of ['/livez', '/readyz']) expect(routes).toContain(`'${path}'`);
  const address = env.find((variable) => variable.name === 'INTENT_GATEWAY_ADDRESS')?.value;
  expect(address).toBe(`0.0.0.0:${ports?.[0]?.containerPort}`);
});

test('a build has workers of its own, which know its id', () => {
  const worker = found('Deployment', 'intent-worker');
  const build = worker.spec.template.metadata.labels[BUILD_LABEL];
  expect(build).toMatch(/^[\w.-]+$/);
  expect(worker.metadata.name).toBe(`intent-worker-${build}`);
  expect(worker.spec.selector.matchLabels[BUILD_LABEL]).toBe(build);
  const { image, env } = containerOf('Deployment', 'intent-worker');
  expect(image).toMatch(new RegExp(`:${build}$`));
  const variable = (name: string) => env.find((candidate) => candidate.name === name);
  expect(variable('INTENT_WORKER_VERSIONING')?.value).toBe('on');
  expect(variable('INTENT_BUILD_ID')?.valueFrom?.fieldRef?.fieldPath).toBe(
    `metadata.labels['${BUILD_LABEL}']`,
  );
  expect(found('Job', 'intent-migrate').metadata.name).toBe(`intent-migrate-${build}`);
});

test('a disruption leaves one of each', () => {
  for (const name of ['intent-gateway', 'intent-worker']) {
    const { spec } = found('PodDisruptionBudget', name);
    const deployment = found('Deployment', name).spec;
    expect(spec.selector.matchLabels).toEqual(deployment.selector.matchLabels);
    expect(deployment.replicas).toBeGreaterThan(spec.maxUnavailable ?? 0);
  }
});

test('they have the time to end what is under way', () => {
  const limits = drainLimits();
  const graceOf = (name: string) =>
    found('Deployment', name).spec.template.spec.terminationGracePeriodSeconds * 1_000;
  expect(graceOf('intent-worker')).toBeGreaterThan(limits.worker);
  const pause = containerOf('Deployment', 'intent-gateway').lifecycle?.preStop.sleep.seconds ?? 0;
  expect(pause).toBeGreaterThan(0);
  expect(graceOf('intent-gateway')).toBeGreaterThan(limits.gateway + pause * 1_000);
});

test('no resource holds a password', () => {
  expect(resources.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  expect(texts.join('')).not.toMatch(/postgres:\/\/\S*:\S*@/);
});
