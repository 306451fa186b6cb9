import { endOf, type ApiKey } from '../../database/api-keys/api-key';
import type { BatchedReads } from '../batched-reads';
import type { GatewayMetrics } from '../metrics';
import { Problem } from '../problem';
import type { KeyUse } from './key-use';
import type { Principal } from './principal';

/** Looks the key up each time: one that is revoked is refused from the next request on, by every gateway. */
export async function authenticateKey(
  keys: BatchedReads<string, ApiKey | undefined>,
  use: KeyUse,
  metrics: GatewayMetrics,
  text: string,
): Promise<Principal> {
  const key = await keys.read(text);
  const ended = key === undefined ? undefined : endOf(key, new Date());
  metrics.keyUse(key === undefined || ended !== undefined ? 'refused' : 'accepted');
  if (key === undefined) throw new Problem('UNAUTHENTICATED', 'There is no such key.');
  if (ended !== undefined) {
    throw new Problem(
      'UNAUTHENTICATED',
      `The key ${key.id} ${ended === 'revoked' ? 'was revoked' : 'has expired'}.`,
    );
  }
  use.note(key.id);
  return {
    id: `key:${key.id}`,
    organizationId: key.organizationId,
    actor: key.actor,
    scopes: new Set(key.scopes),
    roles: key.roles,
    requestsPerMinute: key.requestsPerMinute ?? undefined,
    expiresAt: key.expiresAt ?? undefined,
  };
}
