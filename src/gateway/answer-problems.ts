import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { Problem } from './problem';
import { problemOf } from './problem-of';

/** Answers every error as a problem. */
export function answerProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    // Of a route that is none, what the request holds does not matter.
    if (request.is404) return answerNotFound(request, reply);
    const problem = problemOf(error);
    if (problem.body.status >= 500) request.log.error({ err: problem.cause ?? problem }, problem.message);
    return sendProblem(reply, problem);
  });

  const answerNotFound = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const path = request.url.split('?', 1)[0] ?? '';
    const allowed = METHODS.filter((method) => app.findRoute({ method, url: path }) !== null);
    if (allowed.length > 0) void reply.header('allow', allowed.join(', '));
    return sendProblem(
      reply,
      allowed.length === 0
        ? new Problem('ROUTE_NOT_FOUND', 'There is nothing at this path; /openapi.json says what there is.')
        : new Problem('METHOD_NOT_ALLOWED', `The path takes ${allowed.join(', ')}.`),
    );
  };
  app.setNotFoundHandler(answerNotFound);
}

/** What the router refuses before any route is found, a path that is no URL say. */
export function answerFrameworkError(error: FastifyError, _request: unknown, reply: FastifyReply): void {
  void sendProblem(reply, problemOf(error));
}

const METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] as const;

function sendProblem(reply: FastifyReply, { body, retryAfter }: Problem): FastifyReply {
  if (retryAfter !== undefined) void reply.header('retry-after', retryAfter);
  if (body.status === 401) void reply.header('www-authenticate', 'Bearer');
  return reply.code(body.status).type('application/problem+json').serializer(JSON.stringify).send(body);
}
