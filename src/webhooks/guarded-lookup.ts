import type { LookupFunction } from 'node:net';

import { isPublicAddress } from './public-address';
import { resolverOf, type ReceiverRules } from './receiver-rules';

/**
 * Looks a name up for the connection that is being made, and refuses it when any of its addresses is not public. What is
 * connected to is what was checked: a name that leads elsewhere a moment later changes nothing.
 */
export function guardedLookup(rules: ReceiverRules): LookupFunction {
  return (name, options, done) => {
    resolverOf(rules)(name, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(error, []);
      const [first] = addresses;
      // Which address it is stays unsaid: names inside are nobody's business.
      if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address))) {
        return done(new Error('The name of the receiver leads to an address that is not public'), []);
      }
      return options.all === true ? done(null, addresses) : done(null, first.address, first.family);
    });
  };
}
