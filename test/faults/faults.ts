import type { FaultStack } from './fault-stack';
import type { SeededRandom } from './seeded-random';
import type { Gap, SupervisedWorker } from './supervised-worker';
import type { TcpRelay } from './tcp-relay';

interface Struck {
  /** Ends the fault. Resolves when what was killed is there again. */
  heal: () => void | Promise<void>;
  gap?: Gap;
}

/** Strikes once; the choices that are left to chance come from the seed. */
type Strike = (stack: FaultStack, random: SeededRandom) => Struck | Promise<Struck>;

/** A worker may have nothing to do until another fault's aftermath has passed, or for good: the other one has all intents. */
const DIE_WITHIN_MS = 30_000;

const worker = (
  strike: (worker: SupervisedWorker) => void | Promise<void>,
  heal: (worker: SupervisedWorker) => void,
): Strike => {
  return async ({ workers }, random) => {
    const chosen = random.pick(workers);
    await strike(chosen);
    return { heal: () => heal(chosen) };
  };
};

const killed = (
  server: (stack: FaultStack) => { kill(): Promise<void>; restart(): Promise<void> },
): Strike => {
  return async (stack) => {
    await server(stack).kill();
    return { heal: () => server(stack).restart() };
  };
};

const frozen = (server: (stack: FaultStack) => { freeze(): void; thaw(): void }): Strike => {
  return (stack) => {
    server(stack).freeze();
    return { heal: () => server(stack).thaw() };
  };
};

const network = (way: keyof FaultStack['network'], fault: (relay: TcpRelay) => void): Strike => {
  return (stack) => {
    fault(stack.network[way]);
    return { heal: () => stack.network[way].heal() };
  };
};

const cut = (way: keyof FaultStack['network']): Strike => network(way, (relay) => relay.cut());
const silent = (way: keyof FaultStack['network']): Strike => network(way, (relay) => relay.silence());

const killedWorker = worker(
  (chosen) => chosen.kill(),
  (chosen) => chosen.restart(),
);
const frozenWorker = worker(
  (chosen) => chosen.freeze(),
  (chosen) => chosen.thaw(),
);
const killedAfterCommit: Strike = async ({ workers }, random) => {
  const chosen = random.pick(workers);
  let failure: unknown;
  for (const each of [chosen, ...workers.filter((other) => other !== chosen)]) {
    try {
      const gap = await each.dieAfterCommit(DIE_WITHIN_MS);
      return { heal: () => each.restart(), gap };
    } catch (error) {
      failure = error;
      // Else it would die of it at some time, and stay down.
      await each.kill();
      each.restart();
    }
  }
  throw failure;
};
const killedBackend: Strike = ({ postgres }, random) => {
  postgres.killBackend(random);
  return { heal: () => undefined };
};

/** Killed is SIGKILL and a start afterwards, frozen is SIGSTOP and SIGCONT; `on`: two on the same are not combined. */
export const FAULTS = {
  'worker killed': { on: 'workers', strike: killedWorker },
  'worker killed between commit and task completion': { on: 'workers', strike: killedAfterCommit },
  'worker frozen': { on: 'workers', strike: frozenWorker },
  'Postgres killed': { on: 'Postgres', strike: killed(({ postgres }) => postgres) },
  'Postgres backend killed': { on: 'Postgres', strike: killedBackend },
  'Postgres frozen': { on: 'Postgres', strike: frozen(({ postgres }) => postgres) },
  'Temporal killed': { on: 'Temporal', strike: killed(({ temporal }) => temporal) },
  'Temporal frozen': { on: 'Temporal', strike: frozen(({ temporal }) => temporal) },
  "Temporal's Postgres killed": {
    on: 'its Postgres',
    strike: killed(({ temporalPostgres }) => temporalPostgres),
  },
  "Temporal's Postgres frozen": {
    on: 'its Postgres',
    strike: frozen(({ temporalPostgres }) => temporalPostgres),
  },
  'Temporal cut off from its Postgres': { on: 'its Postgres', strike: cut('temporalToPostgres') },
  'workers cut off from Temporal': { on: 'workers', strike: cut('workersToTemporal') },
  'workers cut off from Postgres': { on: 'workers', strike: cut('workersToPostgres') },
  'apps cut off from Temporal': { on: 'apps', strike: cut('appsToTemporal') },
  'apps cut off from Postgres': { on: 'apps', strike: cut('appsToPostgres') },
  'workers to Temporal: silence': { on: 'workers', strike: silent('workersToTemporal') },
  'workers to Postgres: silence': { on: 'workers', strike: silent('workersToPostgres') },
  'apps to Temporal: silence': { on: 'apps', strike: silent('appsToTemporal') },
} satisfies Record<string, { on: string; strike: Strike }>;

export type FaultKind = keyof typeof FAULTS;
export const FAULT_KINDS = Object.keys(FAULTS) as FaultKind[];
export const GAP: FaultKind = 'worker killed between commit and task completion';
