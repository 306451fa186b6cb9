import type { IntentClient } from '../../src/client';
import { contentIntentGraph } from '../../src/graph';
import { ORGANIZATION } from '../setup/intent-environment';
import { createIntent } from './create-intent';
import type { SeededRandom } from './seeded-random';

/** The intents of a run: each is created when an app first needs it, whatever is broken then. */
export class IntentBook {
  private readonly created = new Map<number, Promise<string>>();
  private readonly states = new Map<string, string>();

  constructor(
    private readonly size: number,
    private readonly runName: string,
    private readonly closing: AbortSignal,
  ) {}

  /** An intent's id, once Temporal has it. */
  async any(intents: IntentClient, random: SeededRandom): Promise<string> {
    const index = random.int(0, this.size - 1);
    const known = this.created.get(index) ?? this.create(intents, index);
    this.created.set(index, known);
    return known;
  }

  /** Those that no app has needed so far. */
  async createRest(intents: IntentClient): Promise<string[]> {
    const all = Array.from({ length: this.size }, (_, index) => {
      const known = this.created.get(index) ?? this.create(intents, index);
      this.created.set(index, known);
      return known;
    });
    return Promise.all(all);
  }

  /** What the latest outcome told, or the latest request asks for; it may be elsewhere by now. */
  stateOf(id: string): string {
    return this.states.get(id) ?? 'CREATED';
  }

  learn(id: string, state: string): void {
    this.states.set(id, state);
  }

  /** A move that the graph allows, if the intent is where it is thought to be; to an end only if `mayEnd`. */
  legalMove(id: string, random: SeededRandom, mayEnd: boolean): string {
    const { transitions, terminal } = contentIntentGraph as {
      transitions: Record<string, readonly string[] | undefined>;
      terminal: readonly string[];
    };
    const next = transitions[this.stateOf(id)] ?? [];
    const moves = next.filter((state) => terminal.includes(state) === mayEnd);
    return moves.length > 0 ? random.pick(moves) : 'ICP_PENDING';
  }

  private create(intents: IntentClient, index: number): Promise<string> {
    const idempotencyKey = `${this.runName}-${index}`;
    const request = { organizationId: ORGANIZATION, title: `intent ${index}`, idempotencyKey };
    return createIntent(intents, request, this.closing);
  }
}
