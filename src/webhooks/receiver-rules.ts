import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';

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
  const privateHosts = (env['INTENT_WEBHOOK_PRIVATE_HOSTS'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  return { privateHosts };
}

export function resolverOf({ resolve = lookup }: ReceiverRules): NonNullable<ReceiverRules['resolve']> {
  return resolve;
}
