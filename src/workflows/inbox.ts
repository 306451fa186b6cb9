/** What asks an intent to move: a signal, with whatever its sender put into it, or Temporal's own cancellation. */
export type Message = { from: 'signal'; payload: unknown } | { from: 'cancellation' };

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
