import { z } from 'zod';

import { LIMITS, REQUEST_SCHEMAS } from '../../intent';
import { answerRequest } from '../answer-request';
import { checkOccurredAt } from '../auth/authenticate';
import type { Routes } from '../context';
import { idempotencyKey } from '../idempotency-key';
import { Problem } from '../problem';
import { appliedOutcome, votedOutcome } from '../schemas/outcomes';
import { problems } from '../schemas/problems';
import {
  GRAPH_AND_VERSION,
  INTENT_ETAG,
  intentPath,
  metadata,
  occurredAt,
  preferHeader,
} from '../schemas/values';

/** What the headers say, the credentials, or the path. */
const NOT_OF_THE_BODY = { kind: true, requestId: true, actor: true, expectedSequence: true } as const;

const saying = { metadata: metadata.optional() };
const saysWhen = { ...saying, occurredAt: occurredAt.optional() };
const BODIES = {
  transition: REQUEST_SCHEMAS.transition.omit(NOT_OF_THE_BODY).extend(saysWhen),
  cancel: REQUEST_SCHEMAS.cancel.omit(NOT_OF_THE_BODY).extend(saying),
  pause: REQUEST_SCHEMAS.pause.omit(NOT_OF_THE_BODY).extend(saying),
  resume: REQUEST_SCHEMAS.resume.omit(NOT_OF_THE_BODY).extend(saying),
  approve: REQUEST_SCHEMAS.approve.omit(NOT_OF_THE_BODY).extend(saysWhen),
  force: REQUEST_SCHEMAS.force.omit({ ...NOT_OF_THE_BODY, scope: true }).extend(saying),
  migrate: REQUEST_SCHEMAS.migrate.omit(NOT_OF_THE_BODY).extend({
    ...saying,
    graph: REQUEST_SCHEMAS.migrate.shape.graph.meta(GRAPH_AND_VERSION),
  }),
};

const headers = z.object({
  prefer: preferHeader,
  'idempotency-key': idempotencyKey(
    REQUEST_SCHEMAS.transition.shape.requestId,
    LIMITS.requestIdLength,
  ).describe('Id of the request: however often it arrives, it is decided once'),
  'if-match': z
    .string()
    .optional()
    .meta({
      ...INTENT_ETAG,
      description: 'Sequence at which the intent must be, or its ETag',
      examples: ['"7"'],
    }),
});

const receipt = z
  .object({ requestId: z.string() })
  .meta({ id: 'Receipt', description: 'The request stands and will be decided; Location has its outcome' });

const response = { 200: appliedOutcome, 202: receipt, ...problems(404, 409, 412, 413, 415, 422) };

/** Everything that asks for a move of an intent. */
export const requestRoutes: Routes = (app, { context }, done) => {
  const common = { tags: ['requests'], params: intentPath, headers };

  app.post(
    '/v1/intents/:id/transitions',
    {
      config: { scope: 'transition' },
      schema: {
        ...common,
        summary: 'Request a transition',
        operationId: 'requestTransition',
        body: BODIES.transition,
        response,
      },
    },
    (request, reply) => {
      checkOccurredAt(request.principal, request.body);
      return answerRequest(context.metrics, request, reply, request.params.id, {
        kind: 'transition',
        ...request.body,
      });
    },
  );

  app.post(
    '/v1/intents/:id/approvals',
    {
      config: { scope: 'approve' },
      schema: {
        ...common,
        summary: 'Vote for a transition that needs approvals',
        operationId: 'approve',
        body: BODIES.approve,
        response: { ...response, 200: z.union([appliedOutcome, votedOutcome]) },
      },
    },
    (request, reply) => {
      const { principal, body, params } = request;
      checkOccurredAt(principal, body);
      if (!principal.roles.includes(body.role)) {
        throw new Problem(
          'ROLE_MISSING',
          `You may not vote as ${body.role}; your roles: ${principal.roles.join(', ') || 'none'}.`,
        );
      }
      return answerRequest(context.metrics, request, reply, params.id, {
        kind: 'approve',
        actor: principal.actor,
        ...body,
      });
    },
  );

  for (const kind of ['cancel', 'pause', 'resume'] as const) {
    app.post(
      `/v1/intents/:id/${kind}`,
      {
        config: { scope: 'transition' },
        schema: { ...common, ...SUMMARIES[kind], operationId: kind, body: BODIES[kind].nullish(), response },
      },
      (request, reply) =>
        answerRequest(context.metrics, request, reply, request.params.id, { kind, ...request.body }),
    );
  }

  app.post(
    '/v1/intents/:id/force',
    {
      config: { scope: 'admin' },
      schema: {
        ...common,
        summary: 'Move an intent to any state of its graph',
        operationId: 'force',
        body: BODIES.force,
        response,
      },
    },
    (request, reply) => {
      const { principal, body, params } = request;
      return answerRequest(context.metrics, request, reply, params.id, {
        kind: 'force',
        ...body,
        actor: principal.actor,
        scope: 'admin',
      });
    },
  );

  app.post(
    '/v1/intents/:id/migrate',
    {
      config: { scope: 'admin' },
      schema: {
        ...common,
        summary: 'Move an intent to another version of its graph',
        operationId: 'migrate',
        body: BODIES.migrate,
        response,
      },
    },
    (request, reply) =>
      answerRequest(context.metrics, request, reply, request.params.id, { kind: 'migrate', ...request.body }),
  );
  done();
};

const SUMMARIES = {
  cancel: { summary: 'Cancel an intent' },
  pause: { summary: "Stop the clocks of an intent's deadlines" },
  resume: { summary: 'Let the clocks go on' },
};
