import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** Every server of the stack listens here and nowhere else. */
export const LOOPBACK = '127.0.0.1';

export interface PortWish {
  port: number;
  /** What the port is for, as a person would say it: `Postgres`. */
  purpose: string;
  flag: string;
  variable: string;
}

/** A port that something else listens on. The message names it, its holder if known, and how to choose another. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
  constructor(readonly wish: PortWish) {
    const holder = portHolder(wish.port);
    super(
      `Port ${wish.port} (${wish.purpose}) is taken${holder ? ` by ${holder}` : ''}. ` +
        `Stop that process, or choose another port with ${wish.flag} or ${wish.variable}.`,
    );
  }
}

/**
 * Checks all ports before anything is started.
 *
 * @throws PortTakenError for the first port that is taken or wished for twice.
 * @example
 * await assertPortsFree([{ port: 54320, purpose: 'Postgres', flag: '--postgres-port', variable: 'INTENT_POSTGRES_PORT' }]);
 */
export async function assertPortsFree(wishes: PortWish[]): Promise<void> {
  const seen = new Map<number, PortWish>();
  for (const wish of wishes) {
    const twin = seen.get(wish.port);
    if (twin) {
      throw new Error(
        `Port ${wish.port} is given to both ${twin.purpose} and ${wish.purpose}: change ${twin.flag} or ${wish.flag}.`,
      );
    }
    seen.set(wish.port, wish);
    if (!(await canListen(wish.port))) throw new PortTakenError(wish);
  }
}

/** A port that nothing listens on right now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, LOOPBACK);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * A free port for a server that will be stopped and has to come back on it: below those that systems give to outgoing
 * connections, so that none of these takes it in the meantime.
 */
export async function freeLastingPort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000);
    if (await canListen(port)) return port;
  }
}

/** Resolves once something accepts connections at `port`, rejects if nothing does at this moment. */
export async function assertListening(port: number, host: string = LOOPBACK): Promise<void> {
  const socket = connect({ port, host });
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}

/** Both on the loopback address and on all of them: a server on `0.0.0.0` would answer in our place elsewhere. */
async function canListen(port: number): Promise<boolean> {
  for (const host of [LOOPBACK, '0.0.0.0']) {
    const server = createServer().listen({ port, host, exclusive: true });
    try {
      await once(server, 'listening');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EADDRINUSE') return false;
      if (code !== 'EACCES') throw error;
      throw new Error(`Port ${port} needs privileges that this user lacks: choose one above 1023.`, {
        cause: error,
      });
    }
    server.close();
    await once(server, 'close');
  }
  return true;
}

/** Best effort: `ss` on Linux, `lsof` elsewhere; nothing if neither knows. */
function portHolder(port: number): string | undefined {
  const output = tryCommand('ss', ['-Hltnp', `sport = :${port}`]);
  const [, name, pid] = /users:\(\("([^"]+)",pid=(\d+)/.exec(output) ?? [];
  if (name && pid) return `${name} (pid ${pid})`;
  const fields = tryCommand('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']);
  const [, lsofPid, lsofName] = /^p(\d+)\nc(.+)$/m.exec(fields) ?? [];
  return lsofPid && lsofName ? `${lsofName} (pid ${lsofPid})` : undefined;
}

function tryCommand(command: string, args: string[]): string {
  try {
    return execFileSync(command, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 2000,
    });
  } catch {
    return '';
  }
}
