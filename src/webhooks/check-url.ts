import { isIP } from 'node:net';

import { WEBHOOK_LIMITS } from './limits';
import { isPublicAddress } from './public-address';
import { resolverOf, type ReceiverRules } from './receiver-rules';

const NOT_PUBLIC = 'must not lead to an address that is not public';

/**
 * What is wrong with the address of a receiver, as far as it shows in itself; `undefined`: nothing. Where its name leads
 * to is seen when it is connected to, each time.
 */
export function urlProblem(text: string, { privateHosts }: ReceiverRules): string | undefined {
  if (!URL.canParse(text)) return 'must be a URL';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'must have no user name and no password';
  if (url.hash !== '') return 'must have no fragment: it would not be sent';
  const mayBePrivate = privateHosts.includes(hostOf(url));
  if (url.protocol !== 'https:' && !(mayBePrivate && url.protocol === 'http:'))
    return 'must begin with https://';
  if (mayBePrivate) return undefined;
  const port = url.port === '' ? undefined : Number(url.port);
  if (port !== undefined && port < WEBHOOK_LIMITS.firstFreePort) {
    return `must have the port 443, or one from ${WEBHOOK_LIMITS.firstFreePort} on`;
  }
  const host = hostOf(url);
  if (isIP(host) !== 0) return isPublicAddress(host) ? undefined : NOT_PUBLIC;
  return host.replace(/\.$/, '').includes('.')
    ? undefined
    : 'must have a full host name, such as hooks.example.com';
}

/** In addition, where its name leads to now. A name that nobody knows yet is none of a problem. */
export async function receiverProblem(text: string, rules: ReceiverRules): Promise<string | undefined> {
  const problem = urlProblem(text, rules);
  if (problem !== undefined) return problem;
  const host = hostOf(new URL(text));
  if (isIP(host) !== 0 || rules.privateHosts.includes(host)) return undefined;
  const addresses = await new Promise<string[]>((settle) => {
    const late = setTimeout(() => settle([]), WEBHOOK_LIMITS.lookUpMs);
    resolverOf(rules)(host, { all: true }, (error, found) => {
      clearTimeout(late);
      settle(error === null ? found.map(({ address }) => address) : []);
    });
  });
  return addresses.every(isPublicAddress) ? undefined : NOT_PUBLIC;
}

/** In lower case, and of an IPv6 address without its brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}
