import { Worker, type InjectedSinks, type ReplayWorkerOptions } from '@temporalio/worker';
import type { temporal } from '@temporalio/proto';

import type { Graph } from '../graph';
import type { DecidedRejection, Vote } from '../intent';
import { loadWorkflowBundle, payloadConverterPath } from '../bundle/bundle';
import type { AuditSink, WitnessedTransition } from '../workflows/audit-sink';

export type History = temporal.api.history.v1.IHistory;

type CreationDetails = Parameters<AuditSink['audit']['created']>[0];
type Continued = Parameters<AuditSink['audit']['continued']>[0];

/** What a run's history says that Postgres must hold. */
export interface ReplayedRun {
  /** Of an intent's first run only. */
  created?: { details: CreationDetails; graph: Graph; personalSalt: string | null };
  /** Other versions of its graph that it came to follow in this run, in their order. */
  migrated: Graph[];
  /** Of all other runs: how far Postgres was when the run began. */
  continued?: Continued;
  transitions: WitnessedTransition[];
  rejections: DecidedRejection[];
  votes: Vote[];
  /** The history could not be replayed, with workflow code that is too old or too new, say. */
  error?: Error;
}

/**
 * Replays histories one after another in one worker, and tells what each of them says. Decisions are deterministic, so
 * that is exactly what Postgres must hold. Needs no server.
 *
 * @example
 * const replayer = await Replayer.start();
 * const { transitions } = await replayer.replay(id, history);
 * await replayer.close();
 */
export class Replayer {
  private heard: ReplayedRun = nothingHeard();
  private lastTurn: Promise<unknown> = Promise.resolve();
  private wake: ((next: { workflowId: string; history: History } | undefined) => void) | undefined;
  private readonly results: ReturnType<typeof Worker.runReplayHistories>;

  private constructor(options: ReplayWorkerOptions) {
    const sinks: InjectedSinks<AuditSink> = {
      audit: {
        created: {
          fn: (_, details, graph, personalSalt) =>
            void (this.heard.created = { details, graph, personalSalt }),
          callDuringReplay: true,
        },
        migrated: { fn: (_, graph) => void this.heard.migrated.push(graph), callDuringReplay: true },
        continued: { fn: (_, recorded) => void (this.heard.continued = recorded), callDuringReplay: true },
        recorded: {
          fn: (_, transitions, rejections, votes = []) => {
            this.heard.transitions.push(...transitions);
            this.heard.rejections.push(...rejections);
            this.heard.votes.push(...votes);
          },
          callDuringReplay: true,
        },
      },
    };
    this.results = Worker.runReplayHistories({ ...options, sinks }, this.histories());
  }

  static async start(workflowBundle?: ReplayWorkerOptions['workflowBundle']): Promise<Replayer> {
    return new Replayer({
      workflowBundle: workflowBundle ?? (await loadWorkflowBundle()),
      dataConverter: { payloadConverterPath },
      replayName: 'intent-verify',
    });
  }

  /** Callers take turns: the worker replays one history at a time. */
  replay(workflowId: string, history: History): Promise<ReplayedRun> {
    const turn = this.lastTurn.then(() => this.replayNow(workflowId, history));
    this.lastTurn = turn.catch(() => undefined);
    return turn;
  }

  private async replayNow(workflowId: string, history: History): Promise<ReplayedRun> {
    this.heard = nothingHeard();
    const result = this.results.next();
    // The worker asks for the next history before it can be given one.
    while (this.wake === undefined) await new Promise(setImmediate);
    this.wake({ workflowId, history });
    const replayed = await result;
    if (replayed.done === true) throw new Error('The replay worker has stopped.');
    const { error } = replayed.value;
    return error === undefined ? this.heard : { ...this.heard, error };
  }

  async close(): Promise<void> {
    await this.lastTurn;
    const result = this.results.next();
    while (this.wake === undefined) await new Promise(setImmediate);
    this.wake(undefined);
    await result;
  }

  private async *histories(): AsyncGenerator<{ workflowId: string; history: History }> {
    for (;;) {
      const next = await new Promise<{ workflowId: string; history: History } | undefined>((resolve) => {
        this.wake = resolve;
      });
      this.wake = undefined;
      if (next === undefined) return;
      yield next;
    }
  }
}

function nothingHeard(): ReplayedRun {
  return { migrated: [], transitions: [], rejections: [], votes: [] };
}
