import { CancellationScope, isCancellation } from '@temporalio/workflow';

import {
  approvalsFrom,
  childrenOf,
  deadlineOf,
  GRAPH_DEFAULTS,
  isTerminal,
  workOf,
  type ChildrenRule,
  type DeadlineRule,
} from '../graph';
import { orderOf, type EngineMove, type Intent } from '../intent';
import {
  cancelChildren,
  ChildrenProblem,
  startChildren,
  watchChildren,
  type Children,
  type Family,
} from './drivers/children';
import { DeadlineProblem, driveDeadline, startClock, type Clock } from './drivers/deadline';
import { runActivity } from './drivers/run-activity';
import { driveUndo } from './drivers/undo';
import { driveVotes } from './drivers/votes';
import { driveWork } from './drivers/work';
import type { Recorded } from './record';

/** What the next run must know of the stay in a state that goes on. Plain JSON. */
export interface CarriedStay {
  entry: number;
  clock?: Clock;
  children?: Children;
  undone?: string[];
}

interface Stay extends CarriedStay {
  scope: CancellationScope;
  family?: Family;
  /** What is to be done when the intent leaves. */
  part?: () => Promise<void>;
  /** Why the graph can't be followed here, until people move the intent. */
  problem?: string;
}

/**
 * Does what the graph says of the state that the intent is in: runs its work, heeds its deadline, starts its children,
 * undoes. It begins when Postgres has the state, and ends when the intent leaves it. What comes of it is a move, which the
 * workflow judges like a request.
 */
export class Drive {
  private stay: Stay | undefined;
  /** Activities that run, those included that were told to stop and have not yet. */
  private running = 0;
  /** Settles when all of them are over. */
  private lastWork: Promise<void> = Promise.resolve();
  /** Settles when the children of all states that were left have been told. */
  private parting: Promise<void> = Promise.resolve();

  constructor(
    private readonly intent: Intent,
    private readonly recorded: Recorded,
    private readonly tell: {
      move: (move: EngineMove) => void;
      /** The time of a vote is over. */
      expired: (vote: number) => void;
      /** What it shows is different, but for what follows from a decision at once. */
      changed: () => void;
    },
    private carried?: CarriedStay,
  ) {}

  /** After each decision and each recording: leaves what the intent has left, begins what it has come to. */
  follow(): void {
    const { intent, recorded } = this;
    if (this.stay !== undefined && this.stay.entry !== intent.entry) this.leave(this.stay);
    if (
      this.stay === undefined &&
      recorded.recordedSequence >= intent.entry &&
      !isTerminal(intent.graph, intent.state)
    ) {
      this.begin();
    }
  }

  /** Whether the run can't be left without doing something twice. */
  get busy(): boolean {
    return this.running > 0;
  }

  /** ISO 8601, UTC; `null` where there is no deadline, and while its clock stands still. */
  get deadline(): string | null {
    const clock = this.stay?.clock;
    return clock === undefined || clock.stoppedAt !== undefined ? null : clock.dueAt;
  }

  get problem(): string | null {
    return this.stay?.problem ?? null;
  }

  /** A child says that it has ended. Anybody might say so: it is looked up. */
  hint(): void {
    if (this.stay?.family !== undefined) this.stay.family.hints += 1;
  }

  /** To be awaited before the workflow ends: Temporal drops what a workflow that has ended had yet to tell others. */
  get parted(): Promise<void> {
    return this.parting;
  }

  toCarried(): CarriedStay | undefined {
    if (this.stay === undefined) return this.carried;
    const { entry, clock, children, undone } = this.stay;
    return {
      entry,
      ...(clock !== undefined && { clock }),
      ...(children !== undefined && { children }),
      ...(undone !== undefined && { undone }),
    };
  }

  private begin(): void {
    const { intent } = this;
    const { graph, state, entry } = intent;
    const carried = this.carried?.entry === entry ? this.carried : { entry };
    this.carried = undefined;
    const stay: Stay = { ...carried, scope: new CancellationScope({ cancellable: true }) };
    this.stay = stay;

    const work = workOf(graph, state);
    if (work !== undefined) this.run(stay, () => this.hold(driveWork(intent, work)));

    const children = childrenOf(graph, state);
    if (children !== undefined) this.beginChildren(stay, children);

    const { cancellation } = graph;
    if (cancellation !== undefined && state === cancellation.through) {
      const undone = (stay.undone ??= []);
      // Not beside the work that it undoes.
      const before = this.lastWork;
      this.run(stay, () => this.hold(before.then(() => driveUndo(intent, cancellation, undone))));
    }

    if (approvalsFrom(graph, state).some(({ expireAfter }) => expireAfter !== undefined)) {
      this.run(stay, () => driveVotes(intent, this.tell.expired));
    }

    const deadline = deadlineOf(graph, state);
    if (deadline !== undefined) this.run(stay, () => this.heed(stay, deadline));
  }

  private beginChildren(stay: Stay, rule: ChildrenRule): void {
    const children = (stay.children ??= { items: [], started: false });
    const family = (stay.family = { children, hints: 0 });
    const started = this.hold(startChildren(this.intent, rule, family));
    stay.part = async () => {
      await started.catch(() => undefined);
      if ((rule.others ?? GRAPH_DEFAULTS.others) === 'cancel') await cancelChildren(children);
    };
    this.run(stay, async () => (await started) ?? watchChildren(this.intent, rule, family));
  }

  private async heed(stay: Stay, rule: DeadlineRule): Promise<EngineMove> {
    const { intent } = this;
    const { state, entry } = intent;
    const clock = (stay.clock ??= await startClock(intent, rule));
    this.tell.changed();
    return driveDeadline(intent, rule, clock, (reminder) => {
      const { activity, before } = reminder;
      const order = { ...orderOf(intent, state, `reminder:${entry}:${before}`), dueAt: clock.dueAt };
      const sent = runActivity(reminder, order, `${activity}, due ${clock.dueAt}`);
      // One that fails moves nothing: it is seen in Temporal.
      this.hold(sent).catch(() => undefined);
    });
  }

  private leave(stay: Stay): void {
    this.stay = undefined;
    stay.scope.cancel();
    if (stay.part !== undefined) this.parting = after(this.parting, this.hold(stay.part()));
  }

  /** What comes of it counts only while the intent is still there. */
  private run(stay: Stay, drive: () => Promise<EngineMove | undefined>): void {
    stay.scope.run(drive).then(
      (move) => {
        if (this.stay === stay && move !== undefined) this.tell.move(move);
      },
      (error: unknown) => {
        if (error instanceof ChildrenProblem || error instanceof DeadlineProblem) {
          stay.problem = error.message;
          this.tell.changed();
        } else if (this.stay === stay || !isCancellation(error)) throw error;
      },
    );
  }

  /** Neither is the run left, nor anything undone, before this is over. */
  private hold<T>(work: Promise<T>): Promise<T> {
    this.running += 1;
    const over = work.finally(() => (this.running -= 1));
    this.lastWork = after(
      this.lastWork,
      over.catch(() => undefined),
    );
    return over;
  }
}

/** Settles with both, and keeps nothing of what they gave. */
async function after(one: Promise<unknown>, other: Promise<unknown>): Promise<void> {
  await one;
  await other;
}
