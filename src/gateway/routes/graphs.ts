import { z } from 'zod';

import { readGraphs } from '../../database/read-graphs';
import { isStorableText } from '../../intent';
import type { Routes } from '../context';
import { graphNotFound } from '../intent-filter';
import { matches } from '../preconditions';
import { problems } from '../schemas/problems';
import { wholeNumber } from '../schemas/values';

const definition = z
  .record(z.string(), z.unknown())
  .meta({ id: 'Graph', description: 'A graph file, as schema/graph.schema.json says it' });

/** Graphs are shared by all organizations. */
export const graphRoutes: Routes = (app, _options, done) => {
  app.get(
    '/v1/graphs',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['graphs'],
        summary: 'List the registered graphs',
        operationId: 'listGraphs',
        response: {
          200: z.object({
            graphs: z.array(z.object({ name: z.string(), version: z.int(), fingerprint: z.string() })),
          }),
          ...problems(),
        },
      },
    },
    async (request) => {
      const graphs = await readGraphs(request.organization.database);
      return { graphs: graphs.map(({ name, version, fingerprint }) => ({ name, version, fingerprint })) };
    },
  );

  app.get(
    '/v1/graphs/:name/:version',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['graphs'],
        summary: "Read a registered graph's definition",
        operationId: 'readGraph',
        params: z.object({
          name: z.string().min(1).max(200),
          version: wholeNumber(1),
        }),
        headers: z.object({ 'if-none-match': z.string().optional() }),
        response: { 200: definition, 304: z.undefined(), ...problems(404) },
      },
    },
    async (request, reply) => {
      const { name, version } = request.params;
      // What Postgres can't store is the name of no graph.
      const [found] = isStorableText(name)
        ? await readGraphs(request.organization.database, { name, version })
        : [];
      if (found === undefined) throw graphNotFound({ name, version });
      const etag = `"${found.fingerprint}"`;
      void reply.header('etag', etag);
      if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send();
      return reply.send(found.definition as Record<string, unknown>);
    },
  );
  done();
};
