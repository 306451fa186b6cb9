import { createLocalJWKSet, importJWK, type JSONWebKeySet } from 'jose';

import { endOf, type ApiKey } from '../../database/api-keys/api-key';
import { listApiKeys } from '../../database/api-keys/list-api-keys';
import { settingsFromEnvironment } from '../../gateway/settings';
import { judged, skipped } from '../check';
import { ROLLOUT_LIMITS } from '../limits';
import { messageOf } from '../run-checks';
import type { PreflightCheck } from './preflight';

/** Somebody can come in: with a key, or with a token of an issuer whose keys can be read. And nobody is locked out by a date. */
export const authentication: PreflightCheck = {
  name: 'authentication',
  title: 'Authentication configured',
  step: 'before 9',
  async run({ servers, now }) {
    if (!servers.has('gateway'))
      return skipped('GATEWAY_DATABASE_URL is not set: there is no gateway, and nobody to let in');
    const { tokens } = settingsFromEnvironment(servers.env);
    // Of the owner: row level security shows them to nobody else but the gateway.
    const keys = await listApiKeys(servers.pool(servers.has('owner') ? 'owner' : 'gateway'), { ended: true });
    const valid = keys.filter((key) => endOf(key, now) === undefined);
    const issuer = tokens === undefined ? undefined : await keysOfIssuer(tokens.jwksUrl);
    const problems = [
      ...(valid.length === 0 && tokens === undefined
        ? ['no key is valid, and no issuer of tokens is set: nobody can come in']
        : []),
      ...(issuer?.problems ?? []),
      ...keys
        .filter((key) => lockedOut(key, keys, now))
        .map(
          (key) =>
            `the key ${key.id} (${key.name}) ended at ${key.expiresAt?.toISOString()}, and was in use until then`,
        ),
    ];
    const soon = valid.filter((key) => endsSoon(key, keys, now));
    return judged(
      problems,
      [
        `${valid.length} valid keys`,
        ...(issuer === undefined ? [] : [`${issuer.count} keys of the issuer ${tokens?.issuer}`]),
      ],
      'Make or rotate keys with intent keys create and intent keys rotate; for tokens set INTENT_JWKS_URL to where the issuer has its keys.',
      [
        ...soon.map(
          (key) => `the key ${key.id} (${key.name}) is in use and ends at ${key.expiresAt?.toISOString()}`,
        ),
        ...(tokens !== undefined && isPlain(tokens.jwksUrl)
          ? [`INTENT_JWKS_URL is not https: who stands between could give keys of his own`]
          : []),
      ],
    );
  },
};

/** It ended a short while ago by its date, was used until then, and nothing has taken its place. */
function lockedOut(key: ApiKey, keys: readonly ApiKey[], now: Date): boolean {
  const { expiresAt, lastUsedAt } = key;
  if (endOf(key, now) !== 'expired' || expiresAt === null || lastUsedAt === null || isReplaced(key, keys))
    return false;
  const lately = now.getTime() - expiresAt.getTime() < ROLLOUT_LIMITS.keyEndMs;
  return lately && expiresAt.getTime() - lastUsedAt.getTime() < ROLLOUT_LIMITS.keyEndMs;
}

function endsSoon(key: ApiKey, keys: readonly ApiKey[], now: Date): boolean {
  const { expiresAt, lastUsedAt } = key;
  if (expiresAt === null || lastUsedAt === null || isReplaced(key, keys)) return false;
  return expiresAt.getTime() - now.getTime() < ROLLOUT_LIMITS.keyEndMs;
}

function isReplaced({ id }: ApiKey, keys: readonly ApiKey[]): boolean {
  return keys.some(({ replaces }) => replaces === id);
}

async function keysOfIssuer(url: string): Promise<{ count: number; problems: string[] }> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ROLLOUT_LIMITS.answerMs) });
    if (!response.ok) throw new Error(`it answers with ${response.status}`);
    const set = (await response.json()) as JSONWebKeySet;
    createLocalJWKSet(set);
    // A key with a shared secret is none that may be published, and the gateway takes none.
    const usable = set.keys.filter(({ kty }) => kty !== 'oct');
    for (const key of usable) await importJWK(key, key.alg ?? (key.kty === 'RSA' ? 'RS256' : undefined));
    if (usable.length === 0) throw new Error('it has no public key');
    return { count: usable.length, problems: [] };
  } catch (error) {
    return {
      count: 0,
      problems: [`INTENT_JWKS_URL: the keys of the issuer can't be read at ${url}: ${messageOf(error)}`],
    };
  }
}

function isPlain(url: string): boolean {
  return new URL(url).protocol === 'http:';
}
