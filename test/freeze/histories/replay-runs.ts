import type { Sinks } from '@temporalio/workflow';
import { type InjectedSinks, type ReplayWorkerOptions, Worker } from '@temporalio/worker';

import type { History } from '../../../src/ops/replayer';
import type { WorkflowCode } from '../../histories/workflow-code';

export interface RunToReplay {
  readonly name: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly history: History;
}

/**
 * What a workflow tells of its decisions while it is replayed: the arguments of each call of the audit sink, by the name
 * of the function, in their order.
 */
export type Trail = Readonly<Record<string, readonly (readonly unknown[])[]>>;

export interface ReplayedRun {
  readonly trail: Trail;
  /** Temporal's own words: the code went another way than the history. */
  readonly error?: string;
}

/** Replays runs in one worker, and returns what became of each, by its name. Needs no server. */
export async function replayRuns(
  code: WorkflowCode,
  runs: readonly RunToReplay[],
): Promise<Map<string, ReplayedRun>> {
  const trails = new Map<string, Record<string, unknown[][]>>();
  // Whatever functions the sink has, also those of tomorrow.
  const audit = new Proxy<InjectedSinks<Sinks>[string]>(
    {},
    {
      get: (_, name: string) => ({
        callDuringReplay: true,
        fn: ({ runId }: { runId: string }, ...args: unknown[]) => {
          const trail = trails.get(runId) ?? {};
          trails.set(runId, trail);
          // As JSON, in which a field that is `undefined` is not there.
          (trail[name] ??= []).push(JSON.parse(JSON.stringify(args)) as unknown[]);
        },
      }),
    },
  );
  const options: ReplayWorkerOptions = { ...code, sinks: { audit }, replayName: 'freeze' };
  const errors = new Map<string, string>();
  const histories = runs.map(({ workflowId, history }) => ({ workflowId, history }));
  for await (const { runId, error } of Worker.runReplayHistories(options, histories)) {
    if (error !== undefined) errors.set(runId, ownWords(error));
  }
  return new Map(
    runs.map(({ name, runId }) => {
      const error = errors.get(runId);
      return [name, { trail: trails.get(runId) ?? {}, ...(error !== undefined && { error }) }];
    }),
  );
}

/** The sentence in the middle of what Temporal's core prints of a failure. */
function ownWords({ message }: Error): string {
  const sentence = /message: "((?:[^"\\]|\\.)*)"/.exec(message)?.[1];
  return sentence?.replaceAll(String.raw`\"`, '"') ?? message;
}
