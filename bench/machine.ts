import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

import type { Connection } from '@temporalio/client';
import { version as sdkVersion } from '@temporalio/worker/package.json';
import type { Pool } from 'pg';

/** What the figures were taken on: they mean nothing without it. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryGiB: number;
  system: string;
  node: string;
  temporalServer: string;
  temporalSdk: string;
  postgres: string;
  /** Processes that wanted to run in the minute before, by the system's count. Far above 0: do not trust the figures. */
  loadBefore: number;
}

export async function describeMachine(connection: Connection, pool: Pool): Promise<Machine> {
  const { serverVersion } = await connection.workflowService.getSystemInfo({});
  const { rows } = await pool.query<{ server_version: string }>('SHOW server_version');
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
    node: process.versions.node,
    temporalServer: serverVersion,
    temporalSdk: sdkVersion,
    postgres: rows[0]?.server_version ?? 'unknown',
    loadBefore: loadavg()[0] ?? NaN,
  };
}
