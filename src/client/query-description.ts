import type { Client } from '@temporalio/client';

import { DESCRIBE_QUERY, type IntentDescription } from '../intent';

/** The intent as its workflow sees it. Needs a worker. */
export async function queryDescription(temporal: Client, intentId: string): Promise<IntentDescription> {
  return temporal.workflow.getHandle(intentId).query<IntentDescription>(DESCRIBE_QUERY);
}
