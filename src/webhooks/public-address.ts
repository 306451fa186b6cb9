import ipaddr from 'ipaddr.js';

/** All of IPv6 that is given out. */
const GLOBAL = ipaddr.IPv6.parseCIDR('2000::/3');

/** Public, and yet inside: where each machine of a cloud finds the cloud's own services. */
const INSIDE = new Set(['168.63.129.16']);

/**
 * Whether an address is one of the internet's. Everything else may lead into the network that the worker is in: itself,
 * private networks, a cloud's metadata, IPv4 addresses dressed up as IPv6.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast' || INSIDE.has(address.toString())) return false;
  return address.kind() === 'ipv4' || address.match(GLOBAL);
}
