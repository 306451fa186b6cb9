import type { FastifyRequest } from 'fastify';

import type { Scope } from '../../database/api-keys/scopes';
import { Problem } from '../problem';
import type { Principal } from './principal';

/** Who a text speaks for. */
export interface Authenticators {
  key: (text: string) => Promise<Principal>;
  /** Where the gateway accepts tokens. */
  token?: ((text: string) => Promise<Principal>) | undefined;
}

const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i;

/**
 * Who sends a request.
 *
 * @throws Problem UNAUTHENTICATED, TOKENS_UNAVAILABLE
 */
export async function authenticate(request: FastifyRequest, by: Authenticators): Promise<Principal> {
  const header = request.headers.authorization;
  if (header === undefined) {
    throw new Problem('UNAUTHENTICATED', 'Send a key or a token in the header Authorization: Bearer ….');
  }
  const text = BEARER.exec(header)?.[1];
  if (text === undefined) throw new Problem('UNAUTHENTICATED', 'The header Authorization is not Bearer ….');
  // A token has two dots, a key has none.
  if (!text.includes('.')) return by.key(text);
  if (by.token === undefined)
    throw new Problem('UNAUTHENTICATED', 'This gateway accepts keys only, no tokens.');
  return by.token(text);
}

/**
 * Only imports say when something happened: a key that could would write audit rows of any day.
 *
 * @throws Problem SCOPE_MISSING
 */
export function checkOccurredAt(
  principal: Principal,
  { occurredAt }: { occurredAt?: string | undefined },
): void {
  if (occurredAt !== undefined) checkScope(principal, 'admin', 'body.occurredAt: ');
}

/** @throws Problem SCOPE_MISSING */
export function checkScope({ scopes }: Principal, scope: Scope, field = ''): void {
  if (scopes.has(scope)) return;
  throw new Problem(
    'SCOPE_MISSING',
    `${field}This needs the scope ${scope}; yours: ${[...scopes].join(', ') || 'none'}.`,
  );
}
