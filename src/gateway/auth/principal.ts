import type { Scope } from '../../database/api-keys/scopes';

/** Who sends a request, as the credentials say: nothing of it comes from the request itself. */
export interface Principal {
  /** Of the key, or subject of the token: what rates are counted by. */
  id: string;
  organizationId: string;
  /** What the audit row says. */
  actor: string;
  scopes: ReadonlySet<Scope>;
  /** In which roles it may vote. */
  roles: readonly string[];
  /** `undefined`: as many as the gateway allows by default. */
  requestsPerMinute: number | undefined;
  /** When the credentials end. */
  expiresAt: Date | undefined;
}
