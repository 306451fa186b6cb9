import { z } from 'zod';

import { searchIntents } from '../../database/search-intents';
import { REQUEST_SCHEMAS } from '../../intent';
import type { Routes } from '../context';
import { describeWhenCreated } from '../describe-when-created';
import { findIntent } from '../find-intent';
import { filterOf } from '../intent-filter';
import { GATEWAY_LIMITS } from '../limits';
import { etagOf, matches } from '../preconditions';
import { wrongField } from '../problem';
import { answerOfRow, intentDescription, intentRow } from '../schemas/intents';
import { problems } from '../schemas/problems';
import { GRAPH_REFERENCE, intentPath, occurredAt, pageLimit } from '../schemas/values';

const { pageSize, largestPage } = GATEWAY_LIMITS;

const when = occurredAt.optional();

const stateName = REQUEST_SCHEMAS.transition.shape.to;

const query = z.strictObject({
  state: z
    .union([z.array(stateName), stateName.transform((one) => [one])])
    .optional()
    .meta({ description: 'In this state; may be repeated' }),
  step: z.string().optional().meta({ description: 'In a state of this step; needs graph' }),
  graph: z
    .string()
    .optional()
    .meta({
      ...GRAPH_REFERENCE,
      description: 'Name of the graph, or name@version',
      examples: ['content-intent'],
    }),
  createdSince: when,
  createdBefore: when,
  ended: z.enum(['true', 'false']).optional(),
  limit: pageLimit(pageSize, largestPage),
  after: z.string().optional().meta({ description: 'The next of the page before' }),
});

const page = z.object({
  intents: z.array(intentRow).meta({ description: 'Newest first' }),
  next: z.string().nullable().meta({ description: 'Where the next page begins; null after the last one' }),
});

/** The same request, with another place to begin at. */
function nextPage(url: string, after: string): string {
  const [path = '', query] = url.split('?');
  const parameters = new URLSearchParams(query);
  parameters.set('after', after);
  return `${path}?${parameters.toString()}`;
}

export const readIntentsRoutes: Routes = (app, _options, done) => {
  app.get(
    '/v1/intents',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['intents'],
        summary: 'List and search intents',
        operationId: 'listIntents',
        querystring: query,
        response: { 200: page, ...problems(404) },
      },
    },
    async (request, reply) => {
      const { database } = request.organization;
      const { limit, after, ...wanted } = request.query;
      const filter = await filterOf(database, wanted);
      const { intents, next } = await searchIntents(database, filter, { limit, after }).catch(
        (error: unknown) => {
          if (error instanceof RangeError) throw wrongField('query.after', error.message);
          throw error;
        },
      );
      if (next !== null) void reply.header('link', `<${nextPage(request.url, next)}>; rel="next"`);
      return { intents: intents.map(answerOfRow), next };
    },
  );

  app.get(
    '/v1/intents/:id',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['intents'],
        summary: 'Describe an intent',
        operationId: 'describeIntent',
        params: intentPath,
        headers: z.object({ 'if-none-match': z.string().optional() }),
        response: { 200: intentDescription, 304: z.undefined(), ...problems(404) },
      },
    },
    async (request, reply) => {
      const { organization, params, headers } = request;
      await findIntent(organization, params.id);
      const description = await describeWhenCreated(organization.intents, params.id);
      const etag = etagOf(description);
      void reply.header('etag', etag);
      if (matches(headers['if-none-match'], etag)) return reply.code(304).send();
      return reply.send(description);
    },
  );
  done();
};
