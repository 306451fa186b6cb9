import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';

import type { IntentClient } from '../../src/client';
import type { Graph } from '../../src/graph';
import type { IntentWorkerOptions } from '../../src/worker';

/** What a scenario is played on: real servers that nothing else uses. */
export interface Stage {
  readonly organizationId: string;
  readonly intents: IntentClient;
  readonly temporal: Client;
  /** As the engine's role. */
  readonly pool: Pool;
  /** As the owner of the tables, for scenarios that tamper. */
  readonly owner: Pool;
}

type WorkerOptions = Partial<Omit<IntentWorkerOptions, 'connection' | 'pool'>>;

/**
 * A way through a workflow whose history is recorded. Each has a file of its own in `scenarios`, whose name is its name,
 * and is its default export.
 */
export interface Scenario {
  /** Registered before it is played. */
  readonly graphs?: readonly Graph[];
  /** Options of the worker of intents: activities of its own, say. */
  readonly worker?: (stage: Stage) => WorkerOptions;
  /** Options of the worker of operations. */
  readonly operationsWorker?: (stage: Stage) => WorkerOptions;
  /** Plays it to its end, and returns the Workflow ID whose runs are recorded, or several. */
  readonly play: (stage: Stage) => Promise<string | readonly string[]>;
}

const FOLDER = join(__dirname, 'scenarios');

export function scenarioNames(): string[] {
  return readdirSync(FOLDER)
    .map((file) => basename(file, '.ts'))
    .toSorted();
}

export async function loadScenario(name: string): Promise<Scenario> {
  const { default: scenario } = (await import(join(FOLDER, name))) as { default: Scenario };
  return scenario;
}
