import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';

import { version } from '../package/version';

const DESCRIPTION = `Create intents, request transitions, and read what became of them. Every answer that is an error is a
problem by RFC 9457, whose \`code\` is what to branch on. The organization and the actor are those of the key or token.`;

/** The page needs scripts, styles and the document of its own server, and nothing from elsewhere. */
const PAGE_POLICY = {
  'default-src': ["'none'"],
  'connect-src': ["'self'"],
  'font-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'script-src': ["'self'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'frame-ancestors': ["'none'"],
};

const THEME = '.swagger-ui .topbar { display: none }';

/** The OpenAPI document, made of the routes' own schemas, and a page that shows it. */
export async function serveApiDocs(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Intent engine', version: version(), description: DESCRIPTION },
      components: {
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'An API key, or a JWT' } },
      },
      security: [{ bearer: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: (given) => withOptionalBodies(jsonSchemaTransformObject(given) as ApiDocument),
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: PAGE_POLICY,
    theme: { title: 'Intent engine', css: [{ filename: 'theme.css', content: THEME }] },
    uiConfig: { docExpansion: 'list', displayOperationId: true },
  });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
}

interface ApiDocument {
  paths?: Record<
    string,
    Record<string, { requestBody?: { required?: boolean; content: Record<string, unknown> } }>
  >;
}

/** The plugin says of every body that it is required; one that may be null may be left out. */
function withOptionalBodies(document: ApiDocument): ApiDocument {
  for (const { requestBody } of Object.values(document.paths ?? {}).flatMap((path) => Object.values(path))) {
    if (requestBody !== undefined && JSON.stringify(requestBody.content).includes('{"type":"null"}'))
      requestBody.required = false;
  }
  return document;
}
