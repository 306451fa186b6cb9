import { writeFileSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { stringify } from 'yaml';

import { freePort } from '../../src/dev/machine/ports';
import { makeTemporaryFolder } from '../../src/dev/machine/temporary-folder';
import { findPrometheus } from '../../src/dev/servers/prometheus';
import { awaitAnswer, spawnServer } from '../../src/dev/servers/server-process';
import { recordProcess } from '../../src/dev/stack/recorded-processes';

export interface ActiveAlert {
  state: 'pending' | 'firing';
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

export interface Prometheus {
  /** Those that are pending or fire. */
  alerts: () => Promise<ActiveAlert[]>;
  /** Values by their labels, as JSON. */
  query: (expression: string) => Promise<Record<string, number>>;
  /** Names of all metrics that it has ever seen. */
  metrics: () => Promise<string[]>;
  stop: () => Promise<void>;
}

/**
 * A real Prometheus, which scrapes every second.
 *
 * @param options.rules a file of rules, as text
 * @param options.jobs addresses by the names of their jobs
 */
export async function startPrometheus(options: {
  rules: string;
  jobs: Record<string, string[]>;
  externalLabels?: Record<string, string>;
}): Promise<Prometheus> {
  const { prometheus } = await findPrometheus({ log: console.error });
  const folder = await makeTemporaryFolder();
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  writeFileSync(join(folder.path, 'rules.yaml'), options.rules);
  writeFileSync(
    join(folder.path, 'prometheus.yaml'),
    stringify({
      global: {
        scrape_interval: '1s',
        evaluation_interval: '1s',
        external_labels: options.externalLabels ?? {},
      },
      rule_files: ['rules.yaml'],
      scrape_configs: Object.entries(options.jobs).map(([job_name, targets]) => ({
        job_name,
        static_configs: [{ targets }],
      })),
    }),
  );
  const data = join(folder.path, 'data');
  await mkdir(data);
  await chmod(data, 0o700);
  const server = await spawnServer({
    command: prometheus,
    args: [
      `--config.file=${join(folder.path, 'prometheus.yaml')}`,
      `--storage.tsdb.path=${data}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    env: { ...process.env },
    logFile: join(folder.path, 'prometheus.log'),
    onSpawn: (pid) => recordProcess(folder.path, 'prometheus', pid),
  });
  const ask = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${base}/api/v1/${path}`);
    const answer = (await response.json()) as { status: string; error?: string; data: T };
    if (answer.status !== 'success') throw new Error(`Prometheus: ${answer.error}`);
    return answer.data;
  };
  await awaitAnswer(
    'Prometheus',
    server,
    async () => {
      const { ok } = await fetch(`${base}/-/ready`);
      if (!ok) throw new Error('not ready');
    },
    { timeoutMs: 30_000 },
  );
  return {
    alerts: async () => (await ask<{ alerts: ActiveAlert[] }>('alerts')).alerts,
    query: async (expression) => {
      type Answer = { result: { metric: Record<string, string>; value: [number, string] }[] };
      const { result } = await ask<Answer>(`query?query=${encodeURIComponent(expression)}`);
      return Object.fromEntries(
        result.map(({ metric, value }) => [JSON.stringify(metric), Number(value[1])]),
      );
    },
    metrics: () => ask<string[]>('label/__name__/values'),
    stop: async () => {
      await server.stop();
      folder.remove();
    },
  };
}
