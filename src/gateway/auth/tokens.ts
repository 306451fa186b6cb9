import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';

import { isScope, type Scope } from '../../database/api-keys/scopes';
import { isIntentId, LIMITS } from '../../intent';
import { GATEWAY_LIMITS } from '../limits';
import { Problem } from '../problem';
import type { Principal } from './principal';

/** Whose tokens are accepted. */
export interface TokenSettings {
  /** Where the issuer publishes its keys. */
  jwksUrl: string;
  /** Must be the token's `iss`. */
  issuer: string;
  /** Must be among the token's `aud`: a token that another app was given is refused. */
  audience: string;
}

/** With a shared secret, whoever checks a token could make one. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/**
 * Who a JWT speaks for. The organization and the scopes are what the issuer says of the user, in claims of the token itself or
 * in `app_metadata`; what users may write themselves, `user_metadata`, never counts.
 *
 * | claim, here or in `app_metadata` | |
 * |---|---|
 * | `organization_id` | UUID |
 * | `scope` as `intent:read intent:transition`, or `intent_scopes` as a list | |
 * | `intent_roles` as a list | in which it may vote |
 * | `sub` | the actor |
 */
export class Tokens {
  private readonly keys: JWTVerifyGetKey;

  constructor(private readonly settings: TokenSettings) {
    this.keys = createRemoteJWKSet(new URL(settings.jwksUrl), { timeoutDuration: GATEWAY_LIMITS.jwksMs });
  }

  /** @throws Problem UNAUTHENTICATED, TOKENS_UNAVAILABLE */
  async authenticate(text: string): Promise<Principal> {
    return principalOf(await this.verified(text));
  }

  private async verified(text: string): Promise<JWTPayload> {
    const { issuer, audience } = this.settings;
    try {
      const options = { issuer, audience, algorithms: ALGORITHMS, requiredClaims: ['exp', 'sub'] };
      return (await jwtVerify(text, this.keys, options)).payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw refused('has expired', error);
      if (error instanceof errors.JWTClaimValidationFailed)
        throw refused(`is not for here: ${error.message}`, error);
      if (isWrongToken(error)) throw refused('is not one that the issuer has signed', error);
      throw new Problem('TOKENS_UNAVAILABLE', 'The keys of the issuer of tokens could not be read.', {
        cause: error,
      });
    }
  }
}

function isWrongToken(error: unknown): boolean {
  return (
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported
  );
}

function principalOf(payload: JWTPayload): Principal {
  const app = payload['app_metadata'];
  const claims: Record<string, unknown> = { ...(typeof app === 'object' ? app : {}), ...payload };
  const organizationId = text(claims['organization_id'])?.toLowerCase();
  if (organizationId === undefined || !isIntentId(organizationId)) {
    throw refused('names no organization: it needs a claim organization_id that is a UUID');
  }
  const actor = payload.sub ?? '';
  if (actor === '' || actor.length > LIMITS.actorLength) throw refused('has no sub that names an actor');
  return {
    id: `token:${organizationId}:${actor}`,
    organizationId,
    actor,
    scopes: new Set(scopesOf(claims)),
    roles: list(claims['intent_roles']),
    requestsPerMinute: undefined,
    expiresAt: payload.exp === undefined ? undefined : new Date(payload.exp * 1_000),
  };
}

const SCOPE_PREFIX = 'intent:';

function scopesOf(claims: Record<string, unknown>): Scope[] {
  const asked = (text(claims['scope']) ?? '')
    .split(' ')
    .flatMap((scope) => (scope.startsWith(SCOPE_PREFIX) ? [scope.slice(SCOPE_PREFIX.length)] : []));
  return [...asked, ...list(claims['intent_scopes'])].filter(isScope);
}

function text(claim: unknown): string | undefined {
  return typeof claim === 'string' ? claim : undefined;
}

function list(claim: unknown): string[] {
  return Array.isArray(claim) ? claim.filter((item) => typeof item === 'string') : [];
}

function refused(why: string, cause?: unknown): Problem {
  return new Problem('UNAUTHENTICATED', `The token ${why}.`, { cause });
}
