import { moveAfter, type Item } from './contenders/contender';

/** Moves an item along, one transition after another, and takes the time of each. */
export class Walk {
  private done = 0;

  constructor(readonly item: Item) {}

  /** How many have been made. */
  get transitions(): number {
    return this.done;
  }

  /** One transition. Returns how long its answer took, milliseconds. */
  async step(): Promise<number> {
    const started = performance.now();
    const applied = await this.item.move(moveAfter(this.done));
    const took = performance.now() - started;
    if (!applied) throw new Error(`Transition ${this.done + 1} of ${this.item.workflowId} was not applied.`);
    this.done += 1;
    return took;
  }

  async steps(count: number): Promise<number[]> {
    const took: number[] = [];
    for (let step = 0; step < count; step += 1) took.push(await this.step());
    return took;
  }
}
