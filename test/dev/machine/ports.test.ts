import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { assertPortsFree, freePort, PortTakenError } from '../../../src/dev/machine/ports';

const wishFor = (port: number) => ({
  port,
  purpose: 'Postgres',
  flag: '--postgres-port',
  variable: 'INTENT_POSTGRES_PORT',
});
let listener: Server;

afterEach(() => listener.close());

test.each(['127.0.0.1', '0.0.0.0'])(
  'a port taken on %s is refused by name, with its holder and the way out',
  async (host) => {
    listener = createServer().listen(0, host);
    await once(listener, 'listening');
    const { port } = listener.address() as { port: number };

    const error = await assertPortsFree([wishFor(port)]).catch((caught: unknown) => caught as Error);

    expect(error).toBeInstanceOf(PortTakenError);
    expect(error?.message).toContain(`Port ${port} (Postgres) is taken`);
    expect(error?.message).toContain('--postgres-port or INTENT_POSTGRES_PORT');
  },
);

test('a free port passes, unless two servers are to have it', async () => {
  const port = await freePort();
  await assertPortsFree([wishFor(port)]);
  const other = { port, purpose: 'Temporal', flag: '--temporal-port', variable: 'INTENT_TEMPORAL_PORT' };
  await expect(assertPortsFree([wishFor(port), other])).rejects.toThrow(
    `Port ${port} is given to both Postgres and Temporal: change --postgres-port or --temporal-port.`,
  );
});
