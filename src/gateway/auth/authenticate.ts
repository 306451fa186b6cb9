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

/** @throws Problem SCOPE_MISSING */
export function checkScope({ scopes }: Principal, scope: Scope): void {
  if (scopes.has(scope)) return;
  throw new Problem(
    'SCOPE_MISSING',
    `This needs the scope ${scope}; yours: ${[...scopes].join(', ') || 'none'}.`,
  );
}
