import type { LaneItem } from './activities';

/** What a lane hands to its next run. */
export interface CarriedLane {
  queue: LaneItem[];
  /** The last round that was taken, and the last rows of it. */
  round: number;
  transition: number;
  vote: number;
}

const EMPTY: CarriedLane = { queue: [], round: 0, transition: 0, vote: 0 };

/**
 * What a lane has yet to deliver, in order. Whatever was taken in a round is not taken again in it: what hands events on
 * may do so twice, when a worker dies between that and its note of it.
 */
export class LaneQueue {
  private readonly queue: LaneItem[];
  private round: number;
  private readonly last: { transition: number; vote: number };

  constructor({ queue, round, transition, vote }: CarriedLane = EMPTY) {
    this.queue = [...queue];
    this.round = round;
    this.last = { transition, vote };
  }

  get next(): LaneItem | undefined {
    return this.queue[0];
  }

  /** The next one is done with. */
  shift(): void {
    this.queue.shift();
  }

  /** What is no list of items says nothing. */
  take(items: unknown): void {
    if (!Array.isArray(items)) return;
    for (const item of items as unknown[]) if (isItem(item)) this.takeOne(item);
  }

  carried(): CarriedLane {
    return { queue: this.queue, round: this.round, ...this.last };
  }

  private takeOne(item: LaneItem): void {
    const { kind, row, round, again } = item;
    if (again === true) {
      this.queue.push(item);
      return;
    }
    if (round > this.round) {
      this.round = round;
      this.last.transition = 0;
      this.last.vote = 0;
    }
    // Rows of an intent are counted up, and told in that order.
    if (row <= this.last[kind]) return;
    this.last[kind] = row;
    this.queue.push(item);
  }
}

function isItem(item: unknown): item is LaneItem {
  if (typeof item !== 'object' || item === null) return false;
  const { kind, row, position, round } = item as Partial<Record<keyof LaneItem, unknown>>;
  return (
    (kind === 'transition' || kind === 'vote') &&
    [row, position, round].every((value) => typeof value === 'number' && Number.isSafeInteger(value))
  );
}
