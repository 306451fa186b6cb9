import { CancellationScope, isCancellation } from '@temporalio/workflow';

import { childrenOf, deadlineOf, isTerminal, workOf } from '../graph';
import type { EngineMove, Intent } from '../intent';
import {
  cancelChildren,
  ChildrenProblem,
  driveChildren,
  type Children,
  type Family,
} from './drivers/children';
import { driveDeadline, startClock, type Clock } from './drivers/deadline';
import { orderOf } from './drivers/order';
import { runActivity } from './drivers/run-activity';
import { driveUndo } from './drivers/undo';
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
  private lastWork: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly intent: Intent,
    private readonly recorded: Recorded,
    private readonly move: (move: EngineMove) => void,
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
    const { graph, state, entry } = this.intent;
    const carried = this.carried?.entry === entry ? this.carried : { entry };
    this.carried = undefined;
    const stay: Stay = { ...carried, scope: new CancellationScope({ cancellable: true }) };
    this.stay = stay;
    const work = workOf(graph, state);
    const children = childrenOf(graph, state);
    const deadline = deadlineOf(graph, state);
    if (work !== undefined)
      this.run(
        stay,
        this.counted(() => driveWork(this.intent, work)),
      );
    if (children !== undefined) {
      stay.children ??= { items: [], started: false };
      const others = children.others ?? 'cancel';
      const family = (stay.family = { children: stay.children, others, hints: 0 });
      this.running += 1;
      let starting = true;
      const begun = () => {
        if (starting) this.running -= 1;
        starting = false;
      };
      this.run(stay, () => driveChildren(this.intent, children, family, begun).finally(begun));
    }
    const { cancellation } = graph;
    if (cancellation !== undefined && state === cancellation.through) {
      const undone = (stay.undone ??= []);
      // Not beside the work that it undoes.
      const before = this.lastWork;
      this.run(
        stay,
        this.counted(() => before.then(() => driveUndo(this.intent, cancellation, undone))),
      );
    }
    if (deadline !== undefined) {
      const started =
        stay.clock === undefined
          ? startClock(this.intent, deadline)
          : { ok: true as const, clock: stay.clock };
      if (!started.ok) {
        stay.problem = started.message;
        return;
      }
      const clock = (stay.clock = started.clock);
      this.run(stay, () =>
        driveDeadline(this.intent, deadline, clock, (reminder) => {
          const order = orderOf(this.intent, state, `reminder:${entry}:${clock.reminded}`);
          const reminded = { ...order, dueAt: clock.dueAt };
          this.run(
            stay,
            this.counted(() =>
              runActivity(reminder, reminded, `${reminder.activity}, due ${clock.dueAt}`).then(
                () => undefined,
                () => undefined,
              ),
            ),
          );
        }),
      );
    }
  }

  private leave(stay: Stay): void {
    this.stay = undefined;
    stay.scope.cancel();
    if (stay.family !== undefined && stay.family.others === 'cancel')
      void cancelChildren(stay.family.children);
  }

  /** What comes of it counts only while the intent is still there. */
  private run(stay: Stay, drive: () => Promise<EngineMove | undefined>): void {
    stay.scope.run(drive).then(
      (move) => {
        if (this.stay === stay && move !== undefined) this.move(move);
      },
      (error: unknown) => {
        if (error instanceof ChildrenProblem) stay.problem = error.message;
        else if (this.stay === stay || !isCancellation(error)) throw error;
      },
    );
  }

  private counted(drive: () => Promise<EngineMove | undefined>): () => Promise<EngineMove | undefined> {
    return () => {
      this.running += 1;
      const ended = drive().finally(() => (this.running -= 1));
      this.lastWork = Promise.all([this.lastWork, ended.catch(() => undefined)]);
      return ended;
    };
  }
}
