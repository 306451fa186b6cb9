import type { FastifyInstance } from 'fastify';

/**
 * Callers keep their connections for the next call. Fastify closes those that are idle when it is told to stop; those with a
 * request under way would stay after its answer, and keep the process from ending. So that answer is the last of its
 * connection.
 */
export function closeConnectionsAtTheEnd(app: FastifyInstance): void {
  let stopping = false;
  app.addHook('preClose', (done) => {
    stopping = true;
    done();
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (stopping) reply.header('connection', 'close');
    done(null, payload);
  });
  app.addHook('onResponse', (_request, _reply, done) => {
    // An answer that was on its way when it was told to stop. Its connection is idle in the next turn.
    if (stopping) setImmediate(() => app.server.closeIdleConnections());
    done();
  });
}
