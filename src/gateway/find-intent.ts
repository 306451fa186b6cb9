import { isIntentError } from '../client';
import { describeWhenCreated } from './describe-when-created';
import { Problem } from './problem';
import type { Organization } from './organizations';

/**
 * Makes sure that an intent is the organization's, before anything is asked of Temporal, which knows no organizations. One
 * that was created a moment ago may not be in Postgres yet: then its workflow says whose it is.
 *
 * @throws Problem INTENT_NOT_FOUND: for one of another organization the same as for none
 */
export async function findIntent({ id, rows, intents }: Organization, intentId: string): Promise<void> {
  if ((await rows.read(intentId)) !== undefined) return;
  const description = await describeWhenCreated(intents, intentId).catch((error: unknown) => {
    if (isIntentError(error) && error.code === 'INTENT_NOT_FOUND') return undefined;
    throw error;
  });
  if (description?.organizationId !== id) throw intentNotFound(intentId);
}

function intentNotFound(intentId: string): Problem {
  return new Problem('INTENT_NOT_FOUND', `There is no intent ${intentId}.`);
}
