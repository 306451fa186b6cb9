import type { FastifyReply } from 'fastify';

import { GATEWAY_LIMITS } from './limits';

/**
 * How long a request prefers to wait, in seconds, by RFC 7240; at most as long as the gateway allows. `undefined`: not at
 * all. What can't be read is left out of account, as the RFC asks for.
 *
 * @example
 * waitOf('respond-async, wait=5') // 5
 */
export function waitOf(prefer: string | undefined): number | undefined {
  const seconds = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,9})"?(?:$|[,;\s])/i.exec(prefer ?? '')?.[1];
  if (seconds === undefined || Number(seconds) === 0) return undefined;
  return Math.min(Number(seconds), GATEWAY_LIMITS.waitSeconds);
}

/** Says that the preference was heeded, and how far. */
export function sayWaited(reply: FastifyReply, seconds: number): void {
  reply.header('preference-applied', `wait=${seconds}`);
}
