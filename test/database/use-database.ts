import { randomUUID } from 'node:crypto';

import type { Pool } from 'pg';

import { createIntent, type NewIntent } from '../../src/database/create-intent';
import { createPool } from '../../src/database/pool';
import { sqlStateOf } from '../../src/database/sql-states';
import type { DecidedRejection, DecidedTransition, DecidedVote, Vote } from '../../src/intent';
import { createTestDatabase } from '../setup/database';

export const AT = '2026-03-01T12:00:00.000Z';

export interface Pools {
  engine: Pool;
  gateway: Pool;
  owner: Pool;
  superuser: Pool;
}

/** A migrated database for the tests of a file, with a pool for each role; gone after them. */
export function useDatabase(name: string): Pools {
  const pools = {} as Pools;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    const database = await createTestDatabase(name);
    drop = () => database.drop();
    const open = (databaseUrl: string) =>
      createPool({ databaseUrl, applicationName: `test-${name}`, max: 20 });
    pools.engine = open(database.engineUrl);
    pools.gateway = open(database.gatewayUrl);
    pools.owner = open(database.ownerUrl);
    pools.superuser = open(database.superuserUrl);
  });
  afterAll(async () => {
    await Promise.all(Object.values(pools).map((pool) => (pool as Pool).end()));
    await drop?.();
  });
  return pools;
}

/** Creates an intent of content-intent, in CREATED. */
export async function createdIntent(
  pool: Pool,
  details: Partial<NewIntent> = {},
): Promise<NewIntent & { hash: string; personalSalt: string }> {
  const intent = newIntent(details);
  const { hash, personalSalt } = await createIntent(pool, intent);
  return { ...intent, hash, personalSalt: personalSalt ?? '' };
}

export function newIntent(details: Partial<NewIntent> = {}): NewIntent {
  return {
    id: randomUUID(),
    organizationId: randomUUID(),
    runId: randomUUID(),
    graphName: 'content-intent',
    transitionedAt: AT,
    ...details,
  };
}

/** A transition as the workflow decides it: `CREATED ICP_PENDING` at sequence 2, say. */
export function applied(
  sequence: number,
  [previousState, newState]: readonly [string, string],
  details: Partial<DecidedTransition> = {},
): DecidedTransition {
  return {
    status: 'applied',
    sequence,
    requestId: `request-${sequence}`,
    previousState,
    newState,
    transitionedAt: AT,
    ...details,
  };
}

/** A vote on a claim (test/setup/claim-graph.ts) that was submitted by its second row. */
export function voted(number: number, details: Partial<Vote> = {}): DecidedVote {
  const requestId = `voted-${number}`;
  return {
    status: 'voted',
    requestId,
    vote: {
      ...{ number, kind: 'cast', requestId, entry: 2, fromState: 'SUBMITTED', toState: 'APPROVED' },
      ...{ graphVersion: 1, role: 'supervisor', actor: `voter ${number}`, votes: number, needed: 2 },
      votedAt: AT,
      ...details,
    },
  };
}

export function rejected(number: number, details: Partial<DecidedRejection> = {}): DecidedRejection {
  return {
    status: 'rejected',
    number,
    requestId: `rejected-${number}`,
    code: 'ILLEGAL_TRANSITION',
    message: 'no',
    state: 'CREATED',
    rejectedAt: AT,
    ...details,
  };
}

export const TO_PENDING = ['CREATED', 'ICP_PENDING'] as const;
export const TO_PROCESSING = ['ICP_PENDING', 'ICP_PROCESSING'] as const;
export const TO_FAILED = ['ICP_PROCESSING', 'ICP_FAILED'] as const;
export const TO_RETRY = ['ICP_FAILED', 'ICP_PROCESSING'] as const;

/** SQLSTATE that the work is refused with. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    const state = sqlStateOf(error);
    if (state === undefined) throw error;
    return state;
  }
  return 'nothing was refused';
}
