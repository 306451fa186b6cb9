import { randomUUID } from 'node:crypto';

import { WorkflowFailedError } from '@temporalio/client';
import { z } from 'zod';

import { readDeadLetters } from '../../database/webhooks/dead-letters';
import { replayAfter, replayDeadLetters } from '../../database/webhooks/replay';
import { TEST_WEBHOOK_WORKFLOW_TYPE } from '../../intent';
import type { TestedWebhook } from '../../workflows/activities';
import type { Routes } from '../context';
import { findEnabledWebhook, findWebhook } from '../find-webhook';
import { GATEWAY_LIMITS } from '../limits';
import { Problem } from '../problem';
import { problems } from '../schemas/problems';
import { pageLimit } from '../schemas/values';
import { answerOfDeadLetter, deadLetter, webhookPath } from '../schemas/webhooks';

const { deadLettersPageSize, largestDeadLettersPage, webhookTestMs } = GATEWAY_LIMITS;

const replay = z
  .union([
    z.strictObject({
      deadLetters: z.literal(true).meta({ description: 'Everything that could not be delivered' }),
    }),
    z.strictObject({
      after: z
        .int()
        .min(0)
        .meta({ description: 'Every event after this position, as far as events are kept: for 30 days' }),
    }),
  ])
  .meta({ description: 'What to deliver once more' });

/** What is sent to webhooks beside events, and what could not be sent. */
export const sendWebhookRoutes: Routes = (app, { context }, done) => {
  const { temporal, taskQueue } = context.webhooks;
  const tags = ['webhooks'];

  app.post(
    '/v1/webhooks/:id/test',
    {
      config: { scope: 'admin' },
      schema: {
        tags,
        summary: 'Send a webhook a message of type intent.test, once, and see what it answers',
        operationId: 'testWebhook',
        params: webhookPath,
        response: {
          200: z.object({
            delivered: z.boolean(),
            status: z.int().nullable().meta({ description: 'HTTP status; null: there was no answer' }),
            problem: z.string().nullable().meta({ description: 'Why it does not count as delivered' }),
            response: z.string().nullable().meta({ description: 'How the body of the answer begins' }),
          }),
          ...problems(404, 409),
        },
      },
    },
    async ({ organization, params }) => {
      const { id } = await organization.change((client) =>
        findEnabledWebhook(client, organization.id, params.id),
      );
      const options = {
        taskQueue,
        workflowId: `intent-webhook-${id}-test-${randomUUID()}`,
        args: [{ webhookId: id }],
        workflowExecutionTimeout: webhookTestMs,
      };
      try {
        return (await temporal.workflow.execute(TEST_WEBHOOK_WORKFLOW_TYPE, options)) as TestedWebhook;
      } catch (error) {
        if (!(error instanceof WorkflowFailedError)) throw error;
        throw new Problem(
          'TEMPORAL_UNAVAILABLE',
          `No worker for operations has sent it within ${webhookTestMs / 1_000} s.`,
          { cause: error },
        );
      }
    },
  );

  app.get(
    '/v1/webhooks/:id/dead-letters',
    {
      config: { scope: 'admin' },
      schema: {
        tags,
        summary: 'List events that no attempt could deliver',
        operationId: 'listDeadLetters',
        params: webhookPath,
        querystring: z.strictObject({
          after: z.coerce.number().pipe(z.int().min(0)).default(0).meta({
            type: 'integer',
            minimum: 0,
            maximum: Number.MAX_SAFE_INTEGER,
            description: 'Position of the last one that is known already',
          }),
          limit: pageLimit(deadLettersPageSize, largestDeadLettersPage),
        }),
        response: {
          200: z.object({
            deadLetters: z.array(deadLetter).meta({ description: 'By their position' }),
            next: z.int().nullable().meta({ description: 'after of the next page; null after the last one' }),
          }),
          ...problems(404),
        },
      },
    },
    async ({ organization, params, query }) => {
      const { after, limit } = query;
      const rows = await organization.change(async (client) => {
        await findWebhook(client, organization.id, params.id);
        return readDeadLetters(client, organization.id, params.id, { after, limit: limit + 1 });
      });
      const deadLetters = rows.slice(0, limit).map(answerOfDeadLetter);
      return { deadLetters, next: rows.length > limit ? (deadLetters.at(-1)?.position ?? null) : null };
    },
  );

  app.post(
    '/v1/webhooks/:id/replay',
    {
      config: { scope: 'admin' },
      schema: {
        tags,
        summary: 'Have events delivered once more',
        operationId: 'replayWebhook',
        params: webhookPath,
        body: replay,
        response: {
          202: z.union([
            z.object({ deadLetters: z.int().meta({ description: 'How many are delivered once more' }) }),
            z.object({ after: z.int().meta({ description: 'Events after this position are delivered' }) }),
          ]),
          ...problems(404, 409, 413, 415),
        },
      },
    },
    async ({ organization, params, body }, reply) => {
      const asked = await organization.change(async (client) => {
        await findEnabledWebhook(client, organization.id, params.id);
        return 'after' in body
          ? { after: await replayAfter(client, organization.id, params.id, body.after) }
          : { deadLetters: await replayDeadLetters(client, organization.id, params.id) };
      });
      return reply.code(202).send(asked);
    },
  );
  done();
};
