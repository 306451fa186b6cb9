import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { NativeConnection } from '@temporalio/worker';

import { IntentClient } from '../../src/client';
import { createPool } from '../../src/database/pool';
import { registerGraph } from '../../src/database/register-graph';
import { startStack } from '../../src/dev/stack/stack';
import {
  createDeliveriesWorker,
  createIntentWorker,
  createOperationsWorker,
  type IntentWorkerOptions,
} from '../../src/worker';
import { runsOf } from '../setup/workflow-tasks';
import { runName } from './recorded';
import { loadScenario, type Scenario, type Stage } from './scenario';
import type { WorkflowCode } from './workflow-code';

const ORGANIZATION = '0b8fd1a5-6f6c-4a1d-9a67-0d0f4bb7a001';

export interface RecordOptions {
  readonly folder: string;
  readonly code: WorkflowCode;
  readonly log: (line: string) => void;
}

/**
 * Plays scenarios on servers that are started for them, and keeps the history of each run.
 *
 * @param versions of each scenario by its name
 */
export async function recordScenarios(
  versions: ReadonlyMap<string, number>,
  { folder, code, log }: RecordOptions,
): Promise<void> {
  const scenarios: { name: string; version: number; scenario: Scenario }[] = [];
  // One after another: loaders of TypeScript give whoever asks at the same time a half of what scenarios share.
  for (const [name, version] of versions) {
    scenarios.push({ name, version, scenario: await loadScenario(name) });
  }
  const stack = await startStack({ temporary: true, headless: true, worker: false, log });
  try {
    const address = stack.env['TEMPORAL_ADDRESS'] ?? '';
    const databaseUrl = stack.env['DATABASE_URL'] ?? '';
    const connection = await Connection.connect({ address });
    const native = await NativeConnection.connect({ address });
    const pool = createPool({ databaseUrl, applicationName: 'record' });
    const owner = createPool({
      databaseUrl: stack.env['OWNER_DATABASE_URL'] ?? '',
      applicationName: 'record',
    });
    const intents = await IntentClient.connect({ databaseUrl, temporal: { connection } });
    const temporal = new Client({ connection });
    const stage: Stage = { organizationId: ORGANIZATION, intents, temporal, pool, owner };
    try {
      for (const { name, version, scenario } of scenarios) {
        const ids = await play(scenario, stage, native, code);
        const histories = (await Promise.all(ids.map((id) => runsOf(temporal, id)))).flat();
        for (const [index, history] of histories.entries()) {
          const file = `${runName(name, version, index + 1, histories.length)}.json.gz`;
          const json = JSON.stringify(JSON.parse(historyToJSON(history)));
          await writeFile(join(folder, file), gzipSync(json, { level: 9 }));
          log(`Recorded ${file}: ${history.events?.length ?? 0} events`);
        }
      }
    } finally {
      await intents.close();
      await Promise.all([pool.end(), owner.end(), connection.close(), native.close()]);
    }
  } finally {
    await stack.stop();
  }
}

/** With workers of its own, so that no scenario meets another's activities. */
async function play(
  scenario: Scenario,
  stage: Stage,
  connection: NativeConnection,
  { workflowBundle, dataConverter }: WorkflowCode,
): Promise<readonly string[]> {
  for (const graph of scenario.graphs ?? []) await registerGraph(stage.owner, graph);
  const options = (own: Partial<IntentWorkerOptions> = {}): IntentWorkerOptions => ({
    connection,
    pool: stage.pool,
    ...own,
    workflowBundle,
    overrides: { dataConverter, ...own.overrides },
  });
  const worker = await createIntentWorker(options(scenario.worker?.(stage)));
  const ofOperations = options(scenario.operationsWorker?.(stage));
  const operations = await createOperationsWorker(ofOperations);
  const deliveries = await createDeliveriesWorker(ofOperations);
  const played = await worker.runUntil(operations.runUntil(deliveries.runUntil(scenario.play(stage))));
  return typeof played === 'string' ? [played] : played;
}
