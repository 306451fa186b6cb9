import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

import { LOOPBACK } from '../../src/dev/machine/ports';

/** The two ends of one connection through the relay. */
interface Pair {
  client: Socket;
  /** Absent while the network is silent: then nobody has reached the server yet. */
  upstream?: Socket;
}

/**
 * The network between a client and a server on this machine. `cut`: connections break and new ones are refused.
 * `silence`: connections stay, and nothing gets through; new ones are accepted and hear nothing. `heal`: all is well.
 *
 * @example
 * const relay = await TcpRelay.to(postgres.port);
 * const client = new Client({ host: '127.0.0.1', port: relay.port });
 * relay.cut();
 */
export class TcpRelay {
  private readonly pairs = new Set<Pair>();
  private network: 'well' | 'cut' | 'silent' = 'well';

  private constructor(
    private readonly server: Server,
    private readonly targetPort: number,
  ) {
    server.on('connection', (client) => this.accept(client));
  }

  static async to(targetPort: number): Promise<TcpRelay> {
    const server = createServer({ noDelay: true });
    const relay = new TcpRelay(server, targetPort);
    server.listen(0, LOOPBACK);
    await once(server, 'listening');
    return relay;
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  cut(): void {
    this.network = 'cut';
    for (const { client, upstream } of this.pairs) {
      reset(client);
      if (upstream !== undefined) reset(upstream);
    }
  }

  silence(): void {
    this.network = 'silent';
    for (const { client, upstream } of this.pairs) {
      upstream?.unpipe(client).pause();
      if (upstream !== undefined) client.unpipe(upstream);
      client.pause();
    }
  }

  heal(): void {
    this.network = 'well';
    for (const pair of this.pairs) this.join(pair);
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private accept(client: Socket): void {
    if (this.network === 'cut') {
      client.on('error', () => undefined);
      reset(client);
      return;
    }
    const pair: Pair = { client };
    this.pairs.add(pair);
    this.endTogether(pair, client);
    if (this.network === 'silent') client.pause();
    else this.join(pair);
  }

  private join(pair: Pair): void {
    if (pair.upstream === undefined) {
      pair.upstream = connect({ port: this.targetPort, host: LOOPBACK, noDelay: true });
      this.endTogether(pair, pair.upstream);
    }
    pair.client.pipe(pair.upstream).pipe(pair.client);
  }

  /** A connection that ends on one side, for whatever reason, ends on the other. */
  private endTogether(pair: Pair, socket: Socket): void {
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.pairs.delete(pair);
      pair.client.destroy();
      pair.upstream?.destroy();
    });
  }
}

/**
 * Breaks a connection as a lost network does. One whose end is being sent can't be reset: Node would never close it,
 * and the process would spin for ever at its exit (seen with Node 20.20).
 */
function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
