import type { EngineMove, LoadedGraph } from '../intent';

/**
 * What asks an intent to move: a signal, with whatever its sender put into it, Temporal's own cancellation, or what
 * follows from its graph: a move, or that the vote of a number no longer counts; and the graph that a request waits for.
 */
export type Message =
  | { from: 'signal'; payload: unknown }
  | { from: 'cancellation' }
  | { from: 'graph'; move: EngineMove }
  | { from: 'graph'; expired: number }
  | { from: 'graph-loaded'; requestId: string; loaded: LoadedGraph };

/** Messages in the order of their arrival. They wait only until the intent is created; then each is judged at once. */
export class Inbox {
  private waiting: Message[] = [];
  private judge: ((message: Message) => void) | undefined;

  put(message: Message): void {
    if (this.judge === undefined) this.waiting.push(message);
    else this.judge(message);
  }

  open(judge: (message: Message) => void): void {
    this.judge = judge;
    const waiting = this.waiting;
    this.waiting = [];
    waiting.forEach(judge);
  }
}
