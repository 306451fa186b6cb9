import { z } from 'zod';

import { createWebhook } from '../../database/webhooks/create-webhook';
import { deleteWebhook } from '../../database/webhooks/disable-webhook';
import { readWebhooks } from '../../database/webhooks/read-webhooks';
import { rotateSecret } from '../../database/webhooks/rotate-secret';
import { receiverProblem } from '../../webhooks/check-url';
import { WEBHOOK_LIMITS } from '../../webhooks/limits';
import { newSecret } from '../../webhooks/sign';
import type { Routes } from '../context';
import { findEnabledWebhook, findWebhook } from '../find-webhook';
import { Problem, wrongField } from '../problem';
import { problems } from '../schemas/problems';
import { time } from '../schemas/values';
import { answerOfWebhook, kindsOf, newWebhook, secret, webhook, webhookPath } from '../schemas/webhooks';

/** Making webhooks, seeing them, and ending them. */
export const webhookRoutes: Routes = (app, { context }, done) => {
  const { receivers } = context.webhooks;
  const tags = ['webhooks'];

  app.post(
    '/v1/webhooks',
    {
      config: { scope: 'admin' },
      schema: {
        tags,
        summary: 'Have events sent to a receiver, from now on',
        operationId: 'createWebhook',
        body: newWebhook,
        response: {
          201: z.object({ webhook, secret }),
          ...problems(409, 413, 415),
        },
      },
    },
    async (request, reply) => {
      const { organization, principal, body } = request;
      const problem = await receiverProblem(body.url, receivers);
      if (problem !== undefined) throw wrongField('body.url', problem);
      const last = await context.feeds.of(organization.id).latest();
      const text = newSecret();
      const { url, description, events, states } = body;
      const made = await organization.change((client) =>
        createWebhook(
          client,
          {
            ...{ url, description, states },
            organizationId: organization.id,
            kinds: kindsOf(events),
            startPosition: last,
            createdBy: principal.actor,
            secret: text,
          },
          WEBHOOK_LIMITS.webhooks,
        ),
      );
      if (made === undefined) {
        throw new Problem(
          'TOO_MANY_WEBHOOKS',
          `An organization has ${WEBHOOK_LIMITS.webhooks} webhooks at most; delete one that is no longer needed.`,
        );
      }
      return reply
        .code(201)
        .header('location', `/v1/webhooks/${made.id}`)
        .header('cache-control', 'no-store')
        .send({ webhook: answerOfWebhook(made), secret: text });
    },
  );

  app.get(
    '/v1/webhooks',
    {
      config: { scope: 'admin' },
      schema: {
        tags,
        summary: 'List the webhooks',
        operationId: 'listWebhooks',
        response: {
          200: z.object({ webhooks: z.array(webhook).meta({ description: 'Oldest first' }) }),
          ...problems(),
        },
      },
    },
    async ({ organization }) => {
      const rows = await organization.change((client) => readWebhooks(client, organization.id));
      return { webhooks: rows.map(answerOfWebhook) };
    },
  );

  app.get(
    '/v1/webhooks/:id',
    {
      config: { scope: 'admin' },
      schema: {
        tags,
        summary: 'Read a webhook',
        operationId: 'readWebhook',
        params: webhookPath,
        response: { 200: webhook, ...problems(404) },
      },
    },
    async ({ organization, params }) =>
      answerOfWebhook(await organization.change((client) => findWebhook(client, organization.id, params.id))),
  );

  app.delete(
    '/v1/webhooks/:id',
    {
      config: { scope: 'admin' },
      schema: {
        tags,
        summary: 'Delete a webhook: its receiver is told of nothing more',
        operationId: 'deleteWebhook',
        params: webhookPath,
        response: { 204: z.undefined().meta({ description: 'It is deleted' }), ...problems(404) },
      },
    },
    async ({ organization, params }, reply) => {
      const deleted = await organization.change((client) =>
        deleteWebhook(client, organization.id, params.id),
      );
      if (!deleted) throw new Problem('WEBHOOK_NOT_FOUND', `There is no webhook ${params.id}.`);
      return reply.code(204).send();
    },
  );

  app.post(
    '/v1/webhooks/:id/rotate-secret',
    {
      config: { scope: 'admin' },
      schema: {
        tags,
        summary: 'Give a webhook another secret; the one before signs too for a day',
        operationId: 'rotateWebhookSecret',
        params: webhookPath,
        response: {
          200: z.object({
            secret,
            previousUntil: time.meta({ description: 'Until then the secret before signs, too' }),
          }),
          ...problems(404, 409),
        },
      },
    },
    async ({ organization, params }, reply) => {
      const text = newSecret();
      const until = await organization.change(async (client) => {
        const found = await findEnabledWebhook(client, organization.id, params.id);
        return rotateSecret(client, found, text, WEBHOOK_LIMITS.secretOverlapMs);
      });
      void reply.header('cache-control', 'no-store');
      return { secret: text, previousUntil: until.toISOString() };
    },
  );
  done();
};
