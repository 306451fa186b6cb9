import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { archiveIntents } from '../../../src/archive/archive-intents';
import { insertOutcomes } from '../../../src/database/insert-outcomes';
import { registerGraph } from '../../../src/database/register-graph';
import type { DecidedTransition } from '../../../src/intent';
import { ticket1, ticket2 } from '../../setup/ticket-versions';
import { applied, createdIntent, type Pools } from '../use-database';

type Move = readonly [hour: number, to: string, details?: Partial<DecidedTransition>];

const START = Date.parse('2026-03-01T00:00:00Z');
const at = (hour: number) => new Date(START + hour * 3_600_000).toISOString();

/** An intent that is in OPEN at hour 0, and moves at these hours of its life. */
export async function recordTicket(
  engine: Pools['engine'],
  organizationId: string,
  graphVersion: number,
  moves: readonly Move[],
): Promise<string> {
  const intent = await createdIntent(engine, {
    organizationId,
    graphName: 'ticket',
    graphVersion,
    transitionedAt: at(0),
  });
  let state = 'OPEN';
  const decisions = moves.map(([hour, to, details], index) => {
    const decision = applied(index + 2, [state, to], { transitionedAt: at(hour), graphVersion, ...details });
    state = to;
    return decision;
  });
  await insertOutcomes(engine, intent, decisions);
  return intent.id;
}

const toVersion2 = { kind: 'migration', graphVersion: 2 } as const;
const in2 = { graphVersion: 2 };

/**
 * Ten intents whose figures can be counted by hand. The hours of each stay:
 *
 *     a  OPEN 10, CHECKING 20, WORKING 30, WORKING 40 (a self edge), DONE
 *     b  OPEN 20, CHECKING 30, CANCELLED
 *     c  OPEN, which goes on
 *     d  OPEN 40, WORKING 60, WAITING 60 (of version 1), ON_HOLD 40 (with a pause), WORKING, which goes on
 *     e  OPEN 25 (migrated meanwhile), CHECKING, which goes on (paused)
 *     k  OPEN 5, CHECKING 5, WORKING 10, OPEN again (forced), which goes on
 *     h  OPEN 8, CHECKING 8, CANCELLED; archived to tables
 *     i  OPEN 1, CHECKING 1, CANCELLED; archived to a file
 *     f  OPEN 7, WORKING, which goes on; follows version 1
 *     o  OPEN, which goes on; follows version 1
 */
export async function recordTicketLog({ engine, owner }: Pools, organizationId: string): Promise<void> {
  await registerGraph(owner, ticket1);
  await registerGraph(owner, ticket2);
  const record = (version: number, moves: readonly Move[]) =>
    recordTicket(engine, organizationId, version, moves);
  const archive = { pool: owner, before: new Date(Date.now() + 60_000), organizationId };

  await record(2, [
    [8, 'CHECKING'],
    [16, 'CANCELLED'],
  ]);
  await archiveIntents(archive);
  await record(2, [
    [1, 'CHECKING'],
    [2, 'CANCELLED'],
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'intent-analytics-'));
  const signingKey = generateKeyPairSync('ed25519').privateKey;
  await archiveIntents({ ...archive, files: { folder, signingKey } });
  await rm(folder, { recursive: true });

  await record(2, [
    [10, 'CHECKING'],
    [30, 'WORKING'],
    [60, 'WORKING'],
    [100, 'DONE'],
  ]);
  await record(2, [
    [20, 'CHECKING'],
    [50, 'CANCELLED'],
  ]);
  await record(2, []);
  await record(1, [
    [40, 'WORKING'],
    [100, 'WAITING'],
    [160, 'ON_HOLD', toVersion2],
    [170, 'ON_HOLD', { kind: 'pause', ...in2 }],
    [180, 'ON_HOLD', { kind: 'resume', ...in2 }],
    [200, 'WORKING', in2],
  ]);
  await record(1, [
    [15, 'OPEN', toVersion2],
    [25, 'CHECKING', in2],
    [30, 'CHECKING', { kind: 'pause', ...in2 }],
  ]);
  await record(2, [
    [5, 'CHECKING'],
    [10, 'WORKING'],
    [20, 'OPEN', { kind: 'force' }],
  ]);
  await record(1, [[7, 'WORKING']]);
  await record(1, []);
}
