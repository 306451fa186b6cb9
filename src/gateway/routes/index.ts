import type { Routes } from '../context';
import { analyticsRoutes } from './analytics';
import { createIntentRoutes } from './create-intent';
import { eventRoutes } from './events';
import { graphRoutes } from './graphs';
import { healthRoutes } from './health';
import { readIntentsRoutes } from './read-intents';
import { readRecordsRoutes } from './read-records';
import { requestRoutes } from './requests';
import { sendWebhookRoutes } from './send-webhooks';
import { webhookRoutes } from './webhooks';

/** Every route of the gateway. */
export const ROUTES: readonly Routes[] = [
  createIntentRoutes,
  readIntentsRoutes,
  requestRoutes,
  readRecordsRoutes,
  eventRoutes,
  webhookRoutes,
  sendWebhookRoutes,
  graphRoutes,
  analyticsRoutes,
  healthRoutes,
];
