import type { Socket } from 'node:net';

import type { FastifyInstance } from 'fastify';

import { GATEWAY_LIMITS } from './limits';

/**
 * Closes a connection over which more requests come before their answers are taken than any client has a use for. Node reads
 * such requests as fast as they come and works on all of them at once, and a client that takes no answer has them kept.
 */
export function limitPipelining(app: FastifyInstance): void {
  const underWay = new WeakMap<Socket, number>();
  app.addHook('onRequest', ({ raw: { socket } }, reply, next) => {
    const count = (underWay.get(socket) ?? 0) + 1;
    if (count > GATEWAY_LIMITS.pipelinedRequests) {
      reply.hijack();
      socket.destroy();
      return;
    }
    underWay.set(socket, count);
    reply.raw.once('close', () => underWay.set(socket, (underWay.get(socket) ?? 1) - 1));
    next();
  });
}
