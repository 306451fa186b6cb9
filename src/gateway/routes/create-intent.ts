import type { FastifyRequest } from 'fastify';
import { z } from 'zod';

import { CLIENT_LIMITS } from '../../client/limits';
import { intentInputSchema } from '../../intent';
import { checkOccurredAt } from '../auth/authenticate';
import type { Routes } from '../context';
import { idempotencyKey } from '../idempotency-key';
import { sayWaited, waitOf } from '../prefer';
import { problems } from '../schemas/problems';
import { GRAPH_REFERENCE, metadata, occurredAt, preferHeader, uuid } from '../schemas/values';

const body = intentInputSchema.omit({ organizationId: true, createdBy: true, generation: true }).extend({
  metadata: metadata.optional(),
  occurredAt: occurredAt.optional(),
  graph: intentInputSchema.shape.graph.meta(GRAPH_REFERENCE),
});

const created = z.object({
  id: uuid,
  created: z.boolean().meta({ description: 'false: it was created before, with the same Idempotency-Key' }),
});

export const createIntentRoutes: Routes = (app, _options, done) => {
  app.post(
    '/v1/intents',
    {
      config: { scope: 'transition' },
      schema: {
        tags: ['intents'],
        summary: 'Create an intent',
        operationId: 'createIntent',
        headers: z.object({
          prefer: preferHeader.meta({
            description: 'wait=SECONDS waits until Postgres has it',
            examples: ['wait=5'],
          }),
          'idempotency-key': idempotencyKey(
            z.string().min(1).max(CLIENT_LIMITS.idempotencyKeyLength),
            CLIENT_LIMITS.idempotencyKeyLength,
          ).describe('Your own key: creating twice with one key is creating once'),
        }),
        body,
        response: { 200: created, 201: created, ...problems(413, 415, 422) },
      },
    },
    async (request, reply) => {
      const { organization, principal, headers } = request;
      checkOccurredAt(principal, request.body);
      const key = headers['idempotency-key'];
      const { id, created } = await organization.intents.create({
        ...request.body,
        organizationId: organization.id,
        createdBy: principal.actor,
        ...(key === undefined ? {} : { idempotencyKey: key }),
      });
      const wait = waitOf(headers.prefer);
      if (wait !== undefined && (await isRecorded(request, id, wait))) sayWaited(reply, wait);
      return reply
        .code(created ? 201 : 200)
        .header('location', `/v1/intents/${id}`)
        .send({ id, created });
    },
  );
  done();
};

/** Whether Postgres has an intent in time. It is created in any case, which an error would not say. */
async function isRecorded(
  { organization, log }: FastifyRequest,
  intentId: string,
  seconds: number,
): Promise<boolean> {
  try {
    await organization.intents.waitForState(intentId, () => true, { timeoutMs: seconds * 1_000 });
    return true;
  } catch (error) {
    log.warn({ err: error, intentId }, 'The intent was created, and not seen in Postgres in time');
    return false;
  }
}
