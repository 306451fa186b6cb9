import type { Pool } from 'pg';

import { readEndedIntents } from '../database/read-ended-intents';
import { rulesFromEnvironment, type ReceiverRules } from '../webhooks/receiver-rules';
import type { IntentActivities, OperationsActivities } from '../workflows/activities';
import { countDeadline } from './count-deadline';
import { createIntent } from './create-intent';
import { deliverWebhook, recordDeadLetter, testWebhook } from './deliver-webhook';
import { dispatchWebhooks } from './dispatch-webhooks';
import { loadGraph } from './load-graph';
import { recordOutcomes } from './record-outcomes';
import { UNHEARD_TELEMETRY } from './recording-telemetry';
import { takeUpIntent } from './take-up-intent';
import { recordFailedVerification, verifyIntents } from './verify-intents';

/** The activities that a worker offers, on the given pool. */
export function createActivities(pool: Pool, telemetry = UNHEARD_TELEMETRY): IntentActivities {
  return {
    createIntent: (request) => createIntent(pool, telemetry, request),
    takeUpIntent: (request) => takeUpIntent(pool, request),
    recordOutcomes: (request) => recordOutcomes(pool, telemetry, request),
    countDeadline: (request) => Promise.resolve(countDeadline(request)),
    loadGraph: (request) => loadGraph(pool, request),
    readEndedIntents: ({ organizationId, ids }) => readEndedIntents(pool, organizationId, ids),
  };
}

/**
 * Those of the task queue for operations.
 *
 * @param receivers which receivers webhooks may have; default: what the environment says
 */
export function createOperationsActivities(
  pool: Pool,
  receivers: ReceiverRules = rulesFromEnvironment(),
): OperationsActivities {
  return {
    verifyIntents: () => verifyIntents(pool),
    recordFailedVerification: (failed) => recordFailedVerification(pool, failed),
    dispatchWebhooks: (request) => dispatchWebhooks(pool, request),
    deliverWebhook: (request) => deliverWebhook(pool, receivers, request),
    recordDeadLetter: (request) => recordDeadLetter(pool, request),
    testWebhook: (request) => testWebhook(pool, receivers, request),
  };
}
