import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import type { History } from '../../src/ops/replayer';

export const HISTORIES = __dirname;

/** One run of a workflow, as Temporal kept it. */
export interface RecordedRun {
  /** `walk.v1`, `continued-2.v1` */
  readonly name: string;
  /** `walk`, `continued` */
  readonly scenario: string;
  /** Counts how often the scenario was recorded. */
  readonly version: number;
  readonly path: string;
}

const FILE = /^((.+?)(?:-\d+)?\.v(\d+))\.json\.gz$/;

/** All that were ever recorded: each stays for as long as workflows may run that took this way. */
export function recordedRuns(folder = HISTORIES): RecordedRun[] {
  return readdirSync(folder)
    .flatMap((file): RecordedRun[] => {
      const [, name, scenario, version] = FILE.exec(file) ?? [];
      if (name === undefined || scenario === undefined) return [];
      return [{ name, scenario, version: Number(version), path: join(folder, file) }];
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The name of a file: runs of one scenario are numbered when there are several. */
export function runName(scenario: string, version: number, run: number, runs: number): string {
  return `${scenario}${runs > 1 ? `-${run}` : ''}.v${version}`;
}

export function readRun({ path }: RecordedRun): { workflowId: string; runId: string; history: History } {
  const history = JSON.parse(gunzipSync(readFileSync(path)).toString()) as History;
  const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
  return {
    workflowId: started?.workflowId ?? '',
    runId: started?.originalExecutionRunId ?? '',
    history,
  };
}
