import { TestWorkflowEnvironment } from '@temporalio/testing';

import { INTENT_STATE_SEARCH_ATTRIBUTE } from '../../src/intent';
import { fromEnvironment } from './intent-environment';

const ATTEMPTS = 5;
/** `INDEXED_VALUE_TYPE_KEYWORD` of Temporal's API. */
const KEYWORD = 2;

/**
 * A time-skipping server of the test file's own. The SDK gives its JVM five seconds to come up, which a machine
 * under load can miss, so it is tried again.
 */
export async function startTimeSkippingServer(): Promise<TestWorkflowEnvironment> {
  const path = fromEnvironment('TEST_TIME_SKIPPING_SERVER');
  for (let attempt = 1; ; attempt += 1) {
    try {
      const server = await TestWorkflowEnvironment.createTimeSkipping({
        server: { executable: { type: 'existing-path', path } },
      });
      await server.connection.operatorService.addSearchAttributes({
        namespace: 'default',
        searchAttributes: { [INTENT_STATE_SEARCH_ATTRIBUTE]: KEYWORD },
      });
      return server;
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}
