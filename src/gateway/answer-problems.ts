import type { FastifyInstance, FastifyReply } from 'fastify';

import { Problem } from './problem';
import { problemOf } from './problem-of';

/** Answers every error as a problem. */
export function answerProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    if (problem.body.status >= 500) request.log.error({ err: problem.cause ?? problem }, problem.message);
    return sendProblem(reply, problem);
  });

  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const allowed = METHODS.filter((method) => app.findRoute({ method, url: path }) !== null);
    void reply;
    return sendProblem(
      reply,
      allowed.length === 0
        ? new Problem('ROUTE_NOT_FOUND', 'There is nothing at this path; /openapi.json says what there is.')
        : new Problem('METHOD_NOT_ALLOWED', `The path takes ${allowed.join(', ')}.`),
    );
  });
}

const METHODS = ['GET', 'POST', 'DELETE'] as const;

function sendProblem(reply: FastifyReply, { body, retryAfter }: Problem): FastifyReply {
  if (retryAfter !== undefined) void reply.header('retry-after', retryAfter);
  if (body.status === 401) void reply.header('www-authenticate', 'Bearer');
  return reply.code(body.status).type('application/problem+json').serializer(JSON.stringify).send(body);
}
