import { randomUUID } from 'node:crypto';

import type { Intents } from '../../src/client';
import { eventually } from './eventually';

/** Longer than Temporal takes to miss a worker that was killed, some times over. */
const OUTCOME_MS = 90_000;

/** How intents of a graph are moved: along a way, then to and fro between its last state and another, then to the end. */
export interface Course {
  graph: string;
  way: readonly [string, ...string[]];
  aside: string;
  end: string;
}

interface Runner {
  id: string;
  course: Course;
  /** States it has been led to, the first one included. */
  states: string[];
}

/**
 * Apps that all ask for the same move of an intent at the same moment, again and again. Of each such race exactly one is
 * applied and the others are told that they were late, or the race fails.
 */
export class Competition {
  /** Ids of all requests. */
  readonly sent: string[] = [];
  /** Those of which there must be a row. A late one that finds its intent ended may be answered without: nothing decides it. */
  readonly owed: string[] = [];
  private readonly runners: Runner[] = [];

  constructor(private readonly apps: readonly Intents[]) {}

  get ids(): string[] {
    return this.runners.map(({ id }) => id);
  }

  /** The states that an intent was led to, in their order. */
  statesOf(id: string): string[] {
    return [...(this.runners.find((runner) => runner.id === id)?.states ?? [])];
  }

  /** Creates intents, by each app in turn, and waits until they are there. */
  async enter(course: Course, count: number): Promise<void> {
    await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const app = this.apps[index % this.apps.length] as Intents;
        const { id } = await app.create({ graph: course.graph });
        const [first] = course.way;
        await eventually(async () => expect((await app.describe(id)).state).toBe(first), OUTCOME_MS);
        this.runners.push({ id, course, states: [first] });
      }),
    );
  }

  /** Each intent makes some moves, at its own pace. */
  async play(moves: number): Promise<void> {
    await this.each(async (runner) => {
      for (let move = 0; move < moves; move += 1) await this.race(runner, next(runner));
    });
  }

  /** Each intent goes on for as long as something else is under way, and makes a move at least. */
  async playDuring<T>(work: () => Promise<T>): Promise<T> {
    let busy = true;
    const working = work().finally(() => (busy = false));
    const playing = this.each(async (runner) => {
      do await this.race(runner, next(runner));
      while (busy);
    });
    const [result] = await Promise.all([working, playing]);
    return result;
  }

  /** Leads every intent to its end. */
  async finish(): Promise<void> {
    await this.each(async (runner) => {
      const { way, end } = runner.course;
      while (at(runner) !== way.at(-1)) await this.race(runner, next(runner));
      await this.race(runner, end);
    });
  }

  private async each(work: (runner: Runner) => Promise<void>): Promise<void> {
    await Promise.all(this.runners.map(work));
  }

  private async race(runner: Runner, to: string): Promise<void> {
    const expectedState = at(runner);
    const outcomes = await Promise.all(
      this.apps.map(async (app) => {
        const requestId = randomUUID();
        this.sent.push(requestId);
        const outcome = await app.transition(
          runner.id,
          { to, expectedState, requestId },
          { timeoutMs: OUTCOME_MS },
        );
        const late = outcome.status === 'rejected' && outcome.code === 'TERMINAL_STATE';
        if (!late) this.owed.push(requestId);
        return outcome;
      }),
    );
    const applied = outcomes.filter(({ status }) => status === 'applied');
    if (applied.length !== 1) {
      throw new Error(`${expectedState} → ${to} of ${runner.id}: ${JSON.stringify(outcomes)}`);
    }
    runner.states.push(to);
  }
}

function at({ states }: Runner): string {
  return states.at(-1) as string;
}

function next(runner: Runner): string {
  const { way, aside } = runner.course;
  const here = at(runner);
  if (here === aside) return way.at(-1) as string;
  return way[way.indexOf(here) + 1] ?? aside;
}
