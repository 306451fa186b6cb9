import { lookup } from 'node:dns/promises';

const HIGHEST_PORT = 0xffff;
const SHAPE = /^(?:\[([\da-f:.]+)\]|([^\s:[\]]+)):(\d+)$/i;

/**
 * The address at which metrics are served, as an IP address and a port.
 *
 * @param text `HOST:PORT`; an IPv6 address in brackets
 * @throws Error that says what is wrong with it
 */
export async function resolveMetricsAddress(text: string): Promise<string> {
  const [, v6, name, port] = SHAPE.exec(text) ?? [];
  const host = v6 ?? name;
  if (host === undefined || Number(port) < 1 || Number(port) > HIGHEST_PORT) {
    throw new Error(`--metrics-address: must be HOST:PORT, 127.0.0.1:9464 for example, not "${text}"`);
  }
  const { address, family } = await lookup(host).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`--metrics-address: the host ${host} can't be found (${error.code})`);
  });
  return family === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}
