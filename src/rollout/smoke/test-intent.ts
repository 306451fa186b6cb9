import { randomUUID } from 'node:crypto';

import { isIntentError, type IntentClient } from '../../client';
import { newIntentId } from '../../client/intent-id';
import { formatGraphReference, contentIntentGraph } from '../../graph';
import { ROLLOUT_LIMITS } from '../limits';
import { CREATED_BY, SMOKE_TITLE } from './smoke-organization';

/**
 * The intent of one run. Its id is known before it is created, so that it can be taken back even when the answer to its
 * creation is lost.
 */
export class TestIntent {
  readonly id: string;
  private readonly key = `smoke-${randomUUID()}`;
  private creation: Promise<void> | undefined;

  constructor(
    private readonly open: () => Promise<IntentClient>,
    private readonly organizationId: string,
  ) {
    this.id = newIntentId(organizationId, this.key);
  }

  /** Creates it when first asked; every check that needs it asks. */
  async created(): Promise<IntentClient> {
    const intents = await this.open();
    this.creation ??= intents
      .create({
        organizationId: this.organizationId,
        graph: formatGraphReference(contentIntentGraph),
        title: SMOKE_TITLE,
        createdBy: CREATED_BY,
        idempotencyKey: this.key,
      })
      // Before Postgres has its row it can't be described.
      .then(() => intents.waitForState(this.id, () => true, { timeoutMs: ROLLOUT_LIMITS.outcomeMs }))
      .then(() => undefined);
    await this.creation;
    return intents;
  }

  /** @returns whether there was something to take back */
  async cancel(): Promise<boolean> {
    if (this.creation === undefined) return false;
    return cancelTestIntent(await this.open(), this.id, 'the smoke test is over');
  }
}

/**
 * Ends a test intent, whatever state it is in. Once more, or by two at once, does no harm.
 *
 * @returns false where there is none
 */
export async function cancelTestIntent(intents: IntentClient, id: string, reason: string): Promise<boolean> {
  try {
    const outcome = await intents.cancel(
      id,
      { actor: CREATED_BY, reason },
      { timeoutMs: ROLLOUT_LIMITS.outcomeMs },
    );
    if (outcome.status === 'applied' || outcome.code === 'TERMINAL_STATE') return true;
    throw new Error(`${outcome.code}: ${outcome.message}`);
  } catch (error) {
    if (isIntentError(error) && error.code === 'INTENT_NOT_FOUND') return false;
    throw error;
  }
}
