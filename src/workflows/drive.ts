import { CancellationScope, isCancellation } from '@temporalio/workflow';

import { childrenOf, deadlineOf, isTerminal, workOf, type Graph, type ReminderRule } from '../graph';
import type { EngineMove, Intent } from '../intent';
import {
  cancelChildren,
  ChildrenProblem,
  driveChildren,
  type Children,
  type Family,
} from './drivers/children';
import { driveDeadline, resetClock, startClock, type Clock } from './drivers/deadline';
import { orderOf } from './drivers/order';
import { runActivity } from './drivers/run-activity';
import { driveUndo } from './drivers/undo';
import { driveWork } from './drivers/work';
import type { Recorded } from './record';

/** What the next run must know of the stay in a state that goes on. Plain JSON. */
export interface CarriedStay {
  entry: number;
  /** Version of the graph that the clock goes by. */
  graphVersion?: number;
  clock?: Clock;
  children?: Children;
  undone?: string[];
}

interface Stay extends CarriedStay {
  /** That it goes by. */
  graph: Graph;
  scope: CancellationScope;
  /** Of what another version of the graph may end before the stay does. */
  work?: CancellationScope;
  deadline?: CancellationScope;
  family?: Family;
  undoing?: true;
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
  /** Whatever calls, a signal's handler say: a cancellation in Temporal is a request, and reaches nothing that goes on. */
  private readonly shield = CancellationScope.current();
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
    if (recorded.recordedSequence < Math.max(intent.entry, intent.graphSince)) return;
    if (this.stay !== undefined) {
      if (this.stay.graph !== intent.graph) this.goOnBy(intent.graph, this.stay);
    } else if (!isTerminal(intent.graph, intent.state)) this.begin();
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
    const { entry, graphVersion, clock, children, undone } = this.stay;
    return {
      entry,
      ...(graphVersion !== undefined && { graphVersion }),
      ...(clock !== undefined && { clock }),
      ...(children !== undefined && { children }),
      ...(undone !== undefined && { undone }),
    };
  }

  private begin(): void {
    const { graph, entry } = this.intent;
    const carried = this.carried?.entry === entry ? this.carried : { entry };
    this.carried = undefined;
    const scope = new CancellationScope({ cancellable: true, parent: this.shield });
    this.stay = { ...carried, graph, scope };
    this.beginParts(this.stay);
  }

  /** The intent is where it was, and follows another version of its graph: what that names too goes on. */
  private goOnBy(graph: Graph, stay: Stay): void {
    stay.graph = graph;
    delete stay.problem;
    stay.deadline?.cancel();
    if (workOf(graph, this.intent.state) === undefined) {
      stay.work?.cancel();
      delete stay.work;
    }
    if (stay.family !== undefined) {
      const rule = childrenOf(graph, this.intent.state);
      if (rule !== undefined) stay.family.others = rule.others ?? 'cancel';
      // As many as it takes may have ended.
      stay.family.hints += 1;
    }
    this.beginParts(stay);
  }

  /** What the graph says of the state, as far as it does not go on already. */
  private beginParts(stay: Stay): void {
    this.beginWork(stay);
    this.beginChildren(stay);
    this.beginUndo(stay);
    this.beginDeadline(stay);
    stay.graphVersion = stay.graph.version;
  }

  private beginWork(stay: Stay): void {
    const rule = workOf(stay.graph, this.intent.state);
    if (rule === undefined || stay.work !== undefined) return;
    const scope = (stay.work = new CancellationScope({ cancellable: true, parent: stay.scope }));
    this.run(
      stay,
      this.counted(() => driveWork(this.intent, rule)),
      scope,
    );
  }

  private beginChildren(stay: Stay): void {
    const rule = childrenOf(stay.graph, this.intent.state);
    if (rule === undefined || stay.family !== undefined) return;
    stay.children ??= { items: [], started: false };
    const others = rule.others ?? 'cancel';
    const family = (stay.family = { children: stay.children, others, hints: 0 });
    this.running += 1;
    let starting = true;
    const begun = () => {
      if (starting) this.running -= 1;
      starting = false;
    };
    this.run(stay, () => driveChildren(this.intent, rule, family, begun).finally(begun));
  }

  private beginUndo(stay: Stay): void {
    if (stay.graph.cancellation?.through !== this.intent.state || stay.undoing === true) return;
    stay.undoing = true;
    const undone = (stay.undone ??= []);
    // Not beside the work that it undoes.
    const before = this.lastWork;
    this.run(
      stay,
      this.counted(() => before.then(() => driveUndo(this.intent, undone))),
    );
  }

  private beginDeadline(stay: Stay): void {
    const { intent } = this;
    const { state } = intent;
    const since = Math.max(intent.entry, intent.graphSince);
    const rule = deadlineOf(stay.graph, state);
    if (rule === undefined) {
      delete stay.clock;
      return;
    }
    const started =
      stay.clock === undefined
        ? startClock(intent, rule)
        : (stay.graphVersion ?? stay.graph.version) === stay.graph.version
          ? { ok: true as const, clock: stay.clock }
          : resetClock(intent, rule, stay.clock);
    if (!started.ok) {
      delete stay.clock;
      stay.problem = started.message;
      return;
    }
    const clock = (stay.clock = started.clock);
    const remind = (reminder: ReminderRule) => {
      const order = orderOf(intent, state, `reminder:${since}:${clock.reminded}`);
      const reminded = { ...order, dueAt: clock.dueAt };
      const send = () =>
        runActivity(reminder, reminded, `${reminder.activity}, due ${clock.dueAt}`).then(
          () => undefined,
          () => undefined,
        );
      this.run(stay, this.counted(send));
    };
    const scope = (stay.deadline = new CancellationScope({ cancellable: true, parent: stay.scope }));
    this.run(stay, () => driveDeadline(intent, rule, clock, remind), scope);
  }

  private leave(stay: Stay): void {
    this.stay = undefined;
    stay.scope.cancel();
    const { family } = stay;
    if (family?.others === 'cancel') void this.shield.run(() => cancelChildren(family.children));
  }

  /** What comes of it counts only while the intent is still there. */
  private run(stay: Stay, drive: () => Promise<EngineMove | undefined>, scope = stay.scope): void {
    scope.run(drive).then(
      (move) => {
        if (this.stay === stay && move !== undefined) this.move(move);
      },
      (error: unknown) => {
        if (error instanceof ChildrenProblem) {
          stay.problem = error.message;
          // Another version of the graph may do better.
          delete stay.family;
        } else if (!scope.consideredCancelled || !isCancellation(error)) throw error;
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
