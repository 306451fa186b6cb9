import type { IntentClient } from '../../src/client';
import { ORGANIZATION } from './intent-environment';

/** Longer than Temporal takes to miss a worker that was killed, some times over. */
const OUTCOME_MS = 90_000;

/** Apps that ask some intents again and again, each of its own, and count what Temporal confirmed. */
export class Rounds {
  readonly acknowledged: string[] = [];
  private readonly steps = new Map<string, number>();

  private constructor(
    private readonly intents: IntentClient,
    readonly ids: readonly string[],
  ) {}

  /** The ids follow from the name: Temporal takes the share of a ramp by the hash of the Workflow ID. */
  static async of(intents: IntentClient, name: string, count: number): Promise<Rounds> {
    const created = Array.from({ length: count }, (_, index) =>
      intents.create({ organizationId: ORGANIZATION, idempotencyKey: `${name} ${index}` }),
    );
    const ids = (await Promise.all(created)).map(({ id }) => id);
    await Promise.all(ids.map((id) => intents.waitForState(id, 'CREATED', { timeoutMs: OUTCOME_MS })));
    return new Rounds(intents, ids);
  }

  /** Every intent is sent a request that it rejects, without waiting, and one that it applies, as often as `times`. */
  async play(times: number): Promise<void> {
    await Promise.all(
      this.ids.map(async (id) => {
        for (let round = 0; round < times; round += 1) await this.ask(id);
      }),
    );
  }

  private async ask(id: string): Promise<void> {
    const { requestId } = await this.intents.requestTransition(id, { to: 'COMPLETED' });
    this.acknowledged.push(requestId);
    const step = this.steps.get(id) ?? 0;
    this.steps.set(id, step + 1);
    const to = step === 0 ? 'ICP_PENDING' : step % 2 === 1 ? 'ICP_PROCESSING' : 'ICP_FAILED';
    const outcome = await this.intents.transition(id, { to }, { timeoutMs: OUTCOME_MS });
    this.acknowledged.push(outcome.requestId);
    if (outcome.status !== 'applied') throw new Error(`${id} did not go to ${to}: ${outcome.message}`);
  }
}
