import { CancellationScope, isCancellation } from '@temporalio/workflow';

import {
  approvalsFrom,
  childrenOf,
  deadlineOf,
  GRAPH_DEFAULTS,
  isTerminal,
  workOf,
  type DeadlineRule,
  type Graph,
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
import { DeadlineProblem, driveDeadline, resetClock, startClock, type Clock } from './drivers/deadline';
import { runActivity } from './drivers/run-activity';
import { driveUndo } from './drivers/undo';
import { driveVotes } from './drivers/votes';
import type { Way } from './drivers/way';
import { driveWork } from './drivers/work';
import type { Recorded } from './record';

/** What the next run must know of the stay in a state that goes on. Plain JSON. */
export interface CarriedStay {
  entry: number;
  /** Of the version of the graph that its clock goes by. */
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
  undoing?: true;
  heedingVotes?: true;
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
  /** Whatever calls, a signal's handler say: a cancellation in Temporal is a request, and reaches nothing that goes on. */
  private readonly shield = CancellationScope.current();
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

  /** To be awaited before the workflow ends: Temporal drops what a workflow that has ended had yet to tell others. */
  get parted(): Promise<void> {
    return this.parting;
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
    // As many as it takes may have ended.
    if (stay.family !== undefined) stay.family.hints += 1;
    this.beginParts(stay);
  }

  /** What the graph says of the state, as far as it does not go on already. */
  private beginParts(stay: Stay): void {
    this.beginWork(stay);
    this.beginChildren(stay);
    this.beginUndo(stay);
    this.beginVotes(stay);
    this.beginDeadline(stay);
  }

  private beginWork(stay: Stay): void {
    const rule = workOf(stay.graph, this.intent.state);
    if (rule === undefined || stay.work !== undefined) return;
    const scope = (stay.work = new CancellationScope({ cancellable: true, parent: stay.scope }));
    this.run(stay, () => this.hold(driveWork(this.intent, rule)), scope);
  }

  private beginChildren(stay: Stay): void {
    const { intent } = this;
    const { state } = intent;
    const rule = childrenOf(stay.graph, state);
    if (rule === undefined || stay.family !== undefined) return;
    const children = (stay.children ??= { items: [], started: false });
    const family = (stay.family = { children, hints: 0 });
    const started = this.hold(startChildren(intent, rule, family));
    stay.part = async () => {
      await started.catch(() => undefined);
      const { others = GRAPH_DEFAULTS.others } = childrenOf(stay.graph, state) ?? rule;
      if (others === 'cancel') await cancelChildren(children);
    };
    this.run(stay, async () => {
      const way = (await started) ?? (await watchChildren(intent, family));
      return () => {
        const move = way?.();
        // The version of the graph that the intent follows by now wants more of them: it is looked at anew.
        if (move === undefined) delete stay.family;
        return move;
      };
    });
  }

  private beginUndo(stay: Stay): void {
    if (stay.graph.cancellation?.through !== this.intent.state || stay.undoing === true) return;
    stay.undoing = true;
    const undone = (stay.undone ??= []);
    // Not beside the work that it undoes.
    const before = this.lastWork;
    this.run(stay, () => this.hold(before.then(() => driveUndo(this.intent, undone))));
  }

  private beginVotes(stay: Stay): void {
    const { graph, state } = this.intent;
    if (
      stay.heedingVotes ||
      !approvalsFrom(graph, state).some(({ expireAfter }) => expireAfter !== undefined)
    ) {
      return;
    }
    stay.heedingVotes = true;
    this.run(stay, () => driveVotes(this.intent, this.tell.expired));
  }

  private beginDeadline(stay: Stay): void {
    const rule = deadlineOf(stay.graph, this.intent.state);
    if (rule === undefined) {
      delete stay.clock;
      return;
    }
    const scope = (stay.deadline = new CancellationScope({ cancellable: true, parent: stay.scope }));
    this.run(stay, () => this.heed(stay, rule), scope);
  }

  private async heed(stay: Stay, rule: DeadlineRule): Promise<Way> {
    const { intent } = this;
    const { state, entry } = intent;
    const { graph } = stay;
    const clock = await this.clockOf(stay, rule);
    stay.clock = clock;
    stay.graphVersion = graph.version;
    this.tell.changed();
    const move = await driveDeadline(intent, rule, clock, (reminder) => {
      const { activity, before } = reminder;
      // One of another version of the graph is another one, of the same name or not.
      const since = Math.max(entry, intent.graphSince);
      const order = { ...orderOf(intent, state, `reminder:${since}:${before}`), dueAt: clock.dueAt };
      const sent = runActivity(reminder, order, `${activity}, due ${clock.dueAt}`);
      // One that fails moves nothing: it is seen in Temporal.
      this.hold(sent).catch(() => undefined);
    });
    // A migration sets the clock anew as soon as Postgres has it: until then nothing is due.
    return () => (intent.graph === graph ? move : undefined);
  }

  private clockOf({ clock, graph, graphVersion = graph.version }: Stay, rule: DeadlineRule): Promise<Clock> {
    if (clock === undefined) return startClock(this.intent, rule);
    return graphVersion === graph.version ? Promise.resolve(clock) : resetClock(this.intent, rule, clock);
  }

  private leave(stay: Stay): void {
    this.stay = undefined;
    stay.scope.cancel();
    if (stay.part !== undefined) this.parting = after(this.parting, this.hold(stay.part()));
  }

  /** What comes of it counts only while the intent is still there. */
  private run(stay: Stay, drive: () => Promise<Way | undefined>, scope = stay.scope): void {
    scope
      .run(drive)
      .then((way) => {
        const move = this.stay === stay ? way?.() : undefined;
        if (move !== undefined) this.tell.move(move);
      })
      .catch((error: unknown) => {
        if (error instanceof ChildrenProblem || error instanceof DeadlineProblem) {
          stay.problem = error.message;
          this.tell.changed();
          // Another version of the graph may do better.
          if (error instanceof ChildrenProblem) delete stay.family;
        } else if (!scope.consideredCancelled || !isCancellation(error)) throw error;
      });
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
