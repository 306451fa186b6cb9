import { Connection } from '@temporalio/client';
import type { ConnectionOptions } from '@temporalio/client';

import { INTENT_STATE_SEARCH_ATTRIBUTE } from '../intent';
import { StartupCheckError } from './startup-checks';

const KEYWORD = 2;
export const REGISTER = `temporal operator search-attribute create --name ${INTENT_STATE_SEARCH_ATTRIBUTE} --type Keyword`;

/** gRPC statuses of a server that keeps its operator service to itself, as Temporal Cloud does. */
const NOT_FOR_US = new Set([7, 12, 16]);

/**
 * Makes sure that the namespace has the search attribute that intents set: without it their workflow tasks would
 * fail. Registers it where the server lets us, else says what the operator has to run.
 *
 * @returns `false` where the server does not let us look; then the operator answers for it
 */
export async function ensureSearchAttribute(options: ConnectionOptions, namespace: string): Promise<boolean> {
  const connection = await Connection.connect(options);
  try {
    if (await hasSearchAttribute(connection, namespace)) return true;
    try {
      await connection.operatorService.addSearchAttributes({
        namespace,
        searchAttributes: { [INTENT_STATE_SEARCH_ATTRIBUTE]: KEYWORD },
      });
    } catch (error) {
      // Another worker may have registered it in the meantime.
      if (await hasSearchAttribute(connection, namespace)) return true;
      throw new StartupCheckError(
        `The namespace ${namespace} lacks the search attribute ${INTENT_STATE_SEARCH_ATTRIBUTE}, and it could not ` +
          `be registered (${(error as Error).message}). Register it: ${REGISTER} --namespace ${namespace}`,
      );
    }
    return true;
  } catch (error) {
    if (NOT_FOR_US.has((error as { code?: number }).code ?? 0)) return false;
    throw error;
  } finally {
    await connection.close();
  }
}

async function hasSearchAttribute(connection: Connection, namespace: string): Promise<boolean> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return customAttributes?.[INTENT_STATE_SEARCH_ATTRIBUTE] !== undefined;
}
