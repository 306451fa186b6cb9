import { z } from 'zod';

import type { Routes } from '../context';
import { intentEvents, seenOf } from '../events/intent-events';
import { organizationEvents, positionOf } from '../events/organization-events';
import { Streams } from '../events/streams';
import { findIntent } from '../find-intent';
import { problems } from '../schemas/problems';
import { intentPath } from '../schemas/values';

const headers = z.object({
  'last-event-id': z.string().optional().meta({ description: 'Id of the last event that is known already' }),
});

const stream = {
  description:
    'Events transition and vote, as they are recorded. The stream ends after five minutes: go on with Last-Event-ID.',
  content: { 'text/event-stream': { schema: z.string() } },
};

export const eventRoutes: Routes = (app, { context }, done) => {
  const streams = new Streams(context.feeds, context.metrics);
  app.addHook('preClose', (closed) => {
    streams.close();
    closed();
  });

  app.get(
    '/v1/intents/:id/events',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['events'],
        summary: 'Follow an intent, from its creation on',
        operationId: 'followIntent',
        params: intentPath,
        headers,
        response: { 200: stream, ...problems(404) },
      },
    },
    async (request, reply) => {
      const { organization, params } = request;
      const seen = seenOf(request.headers['last-event-id']);
      await findIntent(organization, params.id);
      streams.open(request, reply, (feed, signal) =>
        intentEvents(organization.database, params.id, feed, seen, signal),
      );
    },
  );

  app.get(
    '/v1/events',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['events'],
        summary: "Follow all of the organization's intents, from now on or from an event on",
        operationId: 'followOrganization',
        headers,
        response: { 200: stream, ...problems(410) },
      },
    },
    async (request, reply) => {
      const { organization } = request;
      const position = await positionOf(
        organization,
        context.feeds.of(organization.id),
        request.headers['last-event-id'],
      );
      streams.open(request, reply, (feed, signal) =>
        organizationEvents(organization, feed, position, signal),
      );
    },
  );
  done();
};
