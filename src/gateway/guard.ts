import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';

import { authenticate, checkScope, type Authenticators } from './auth/authenticate';
import { GATEWAY_LIMITS } from './limits';
import type { Organizations } from './organizations';
import { Problem } from './problem';

export interface GuardOptions {
  authenticators: Authenticators;
  organizations: Organizations;
  requestsPerMinute: number;
}

/**
 * Lets a request through to the handler of a route that has a scope only if the sender is known, has the scope, and has not
 * sent too many. Runs before the body is read.
 */
export async function guard(app: FastifyInstance, options: GuardOptions): Promise<void> {
  await app.register(rateLimit, { global: false });
  const ofSender = app.createRateLimit({
    timeWindow: GATEWAY_LIMITS.rateWindowMs,
    keyGenerator: (request: FastifyRequest) => request.principal.id,
    max: (request: FastifyRequest) => request.principal.requestsPerMinute ?? options.requestsPerMinute,
  });
  const refusals = app.createRateLimit({
    timeWindow: GATEWAY_LIMITS.rateWindowMs,
    max: GATEWAY_LIMITS.refusalsPerMinute,
  });

  app.decorateRequest('principal');
  app.decorateRequest('organization');
  app.addHook('onRequest', async (request) => {
    const { scope } = request.routeOptions.config;
    if (scope === undefined) return;
    request.principal = await authenticate(request, options.authenticators).catch(async (error: unknown) => {
      if (error instanceof Problem && error.code === 'UNAUTHENTICATED') refuseMany(await refusals(request));
      throw error;
    });
    refuseMany(await ofSender(request));
    checkScope(request.principal, scope);
    request.organization = await options.organizations.of(request.principal.organizationId);
  });
}

type Counted = Awaited<ReturnType<ReturnType<FastifyInstance['createRateLimit']>>>;

/** @throws Problem RATE_LIMITED */
function refuseMany(counted: Counted): void {
  if (counted.isAllowed || !counted.isExceeded) return;
  throw new Problem(
    'RATE_LIMITED',
    `More than ${counted.max} requests in a minute; come back in ${counted.ttlInSeconds} s.`,
    { retryAfter: counted.ttlInSeconds },
  );
}
