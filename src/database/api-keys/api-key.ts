import type { Scope } from './scopes';

/** A key of the HTTP API as it is stored, but for the hash of its secret. */
export interface ApiKey {
  /** Public part, by which it is looked up. */
  id: string;
  organizationId: string;
  /** For people. */
  name: string;
  /** What audit rows of its requests say. */
  actor: string;
  scopes: Scope[];
  /** In which it may vote. */
  roles: string[];
  /** `null`: as many as the gateway allows by default. */
  requestsPerMinute: number | null;
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
  /** Key in whose place it was made. */
  replaces: string | null;
  /** Within a minute. */
  lastUsedAt: Date | null;
}

/** The columns of an {@link ApiKey}. */
export const API_KEY_COLUMNS = `id, organization_id AS "organizationId", name, actor, scopes, roles,
  requests_per_minute AS "requestsPerMinute", created_at AS "createdAt", expires_at AS "expiresAt",
  revoked_at AS "revokedAt", replaces, last_used_at AS "lastUsedAt"`;

/** Why a key is of no use any more; `undefined` while it is. */
export function endOf(
  { expiresAt, revokedAt }: Pick<ApiKey, 'expiresAt' | 'revokedAt'>,
  now: Date,
): 'revoked' | 'expired' | undefined {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && expiresAt <= now ? 'expired' : undefined;
}
