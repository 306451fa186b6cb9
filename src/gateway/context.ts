import type { Client } from '@temporalio/client';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';

import type { Scope } from '../database/api-keys/scopes';
import type { ReceiverRules } from '../webhooks/receiver-rules';
import type { Principal } from './auth/principal';
import type { EventFeeds } from './events/event-feeds';
import type { GatewayMetrics } from './metrics';
import type { Organization, Organizations } from './organizations';
import type { Readiness } from './readiness';

/** What routes work with. */
export interface GatewayContext {
  organizations: Organizations;
  feeds: EventFeeds;
  readiness: Readiness;
  metrics: GatewayMetrics;
  webhooks: WebhookServices;
}

/** What the routes of webhooks need beside the organization. */
interface WebhookServices {
  temporal: Client;
  /** Of the workers that deliver. */
  taskQueue: string;
  receivers: ReceiverRules;
}

/** Routes of one group. */
export type Routes = FastifyPluginCallbackZod<{ context: GatewayContext }>;

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sends it; set before the handler of any route that has a scope. */
    principal: Principal;
    /** Serves the principal's organization. */
    organization: Organization;
  }
  interface FastifyContextConfig {
    /** What the principal must be allowed to do. Without it the route is open to everybody. */
    scope?: Scope;
  }
}
