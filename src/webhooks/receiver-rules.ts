import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';

import { listFromEnvironment } from '../database/list-from-environment';

type LookedUp = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

/** Which receivers there may be. */
export interface ReceiverRules {
  /** Names that may be private, and be reached by http. For development; none in production. */
  privateHosts: readonly string[];
  /** Looks up a name; default: as the system does. */
  resolve?: (name: string, options: LookupOptions & { all: true }, done: LookedUp) => void;
}

/** Reads `INTENT_WEBHOOK_PRIVATE_HOSTS`. */
export function rulesFromEnvironment(env: NodeJS.ProcessEnv = process.env): ReceiverRules {
  const names = listFromEnvironment(env, 'INTENT_WEBHOOK_PRIVATE_HOSTS');
  return { privateHosts: names.map((name) => name.toLowerCase()) };
}

export function resolverOf({ resolve = lookup }: ReceiverRules): NonNullable<ReceiverRules['resolve']> {
  return resolve;
}
