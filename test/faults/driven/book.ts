import type { IntentClient } from '../../../src/client';
import { ORGANIZATION } from '../../setup/intent-environment';
import { createIntent } from '../create-intent';
import { seededRandom, type SeededRandom } from '../seeded-random';
import { DRIVEN_VERSIONS } from './graphs';

/** Few, so that each is asked for something while it lives: some seconds. */
const AT_A_TIME = 10;

/** The driven intents of a run: a few at a time, since they end by themselves. */
export class DrivenBook {
  /** Of all that were created. */
  readonly ids: string[] = [];
  private readonly places = new Map<number, Promise<string>>();
  private readonly placeOf = new Map<string, number>();
  private begun = 0;

  constructor(
    private readonly seed: number,
    private readonly closing: AbortSignal,
  ) {}

  /** An intent that nobody has found to have ended, created if need be. */
  async any(intents: IntentClient, random: SeededRandom): Promise<string> {
    const place = random.int(0, AT_A_TIME - 1);
    const known = this.places.get(place) ?? this.create(intents, place);
    this.places.set(place, known);
    return known;
  }

  /** Makes room for another one. */
  ended(id: string): void {
    const place = this.placeOf.get(id);
    if (place !== undefined) this.places.delete(place);
    this.placeOf.delete(id);
  }

  private async create(intents: IntentClient, place: number): Promise<string> {
    const name = `driven ${(this.begun += 1)}`;
    const graph = seededRandom(this.seed, name).pick(DRIVEN_VERSIONS);
    const idempotencyKey = `faults ${this.seed}, ${name}`;
    const request = { organizationId: ORGANIZATION, title: name, graph, idempotencyKey };
    const id = await createIntent(intents, request, this.closing);
    this.ids.push(id);
    this.placeOf.set(id, place);
    return id;
  }
}
