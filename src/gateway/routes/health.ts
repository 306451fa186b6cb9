import { z } from 'zod';

import type { Routes } from '../context';
import { RETRY_AFTER } from '../problem';

const part = z.enum(['ok', 'away']);
const parts = z.object({ postgres: part, temporal: part });

/** For whoever starts, watches and balances gateways; nothing in it is a secret. */
export const healthRoutes: Routes = (app, { context }, done) => {
  app.get(
    '/livez',
    {
      schema: {
        tags: ['health'],
        security: [],
        summary: 'Whether the process lives',
        operationId: 'live',
        response: { 200: z.object({ status: z.literal('ok') }) },
      },
    },
    () => ({ status: 'ok' as const }),
  );

  app.get(
    '/readyz',
    {
      schema: {
        tags: ['health'],
        security: [],
        summary: 'Whether Postgres and Temporal answer',
        operationId: 'ready',
        response: { 200: parts, 503: parts },
      },
    },
    async (_request, reply) => {
      const found = await context.readiness.parts();
      const ready = Object.values(found).every((state) => state === 'ok');
      if (!ready) void reply.header('retry-after', RETRY_AFTER);
      return reply.code(ready ? 200 : 503).send(found);
    },
  );
  done();
};
