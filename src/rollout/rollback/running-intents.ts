import { setTimeout as sleep } from 'node:timers/promises';

import { WorkflowNotFoundError } from '@temporalio/client';
import type { Pool } from 'pg';

import { readIntents } from '../../database/read-intents';
import { DESCRIBE_QUERY, type IntentDescription } from '../../intent';
import { judged } from '../check';
import { ROLLOUT_LIMITS } from '../limits';
import { messageOf } from '../run-checks';
import type { TemporalServer } from '../servers';
import type { RollbackCheck } from './rollback';

/** Intents that ran before go on: their workflows answer with this code, none of their tasks fails, and all is recorded. */
export const runningIntents: RollbackCheck = {
  name: 'running-intents',
  title: 'Running intents go on',
  step: 'rollback 2',
  async run({ servers, sample }) {
    const pool = servers.pool('engine');
    const server = await servers.temporal();
    const ids = await sampleOf(pool, sample);
    const problems: string[] = [];
    const waiting = [...ids];
    const lane = async (): Promise<void> => {
      for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
        const problem = await problemOf(server, pool, id);
        if (problem !== undefined) problems.push(`intent ${id}: ${problem}`);
      }
    };
    await Promise.all(Array.from({ length: ROLLOUT_LIMITS.sampledAtOnce }, lane));
    return judged(
      problems.sort(),
      `${ids.length} running intents answer, their tasks succeed, and all that they decided is recorded`,
      'Look at a workflow in the Web UI. If its tasks fail for nondeterminism, this build can not take it: docs/guides/deploy-new-code.md.',
    );
  },
};

/** Half the newest and half the oldest: what is new to a build, and what has gone through many. */
export async function sampleOf(pool: Pool, sample: number): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `(SELECT id FROM intent_workflows WHERE ended_at IS NULL ORDER BY created_at DESC, id DESC LIMIT $1)
     UNION
     (SELECT id FROM intent_workflows WHERE ended_at IS NULL ORDER BY created_at, id LIMIT $2)`,
    [Math.ceil(sample / 2), Math.floor(sample / 2)],
  );
  return rows.map(({ id }) => id);
}

async function problemOf(server: TemporalServer, pool: Pool, id: string): Promise<string | undefined> {
  let problem: string | undefined;
  for (let look = 1; look <= ROLLOUT_LIMITS.looks; look += 1) {
    if (look > 1) await sleep(ROLLOUT_LIMITS.lookPauseMs);
    problem = await problemNow(server, pool, id);
    if (problem === undefined) return undefined;
    // The answer to a query has taken its time already.
    if (problem.startsWith('its workflow does not answer') && look > 1) return problem;
  }
  return problem;
}

async function problemNow(
  { client, connection }: TemporalServer,
  pool: Pool,
  id: string,
): Promise<string | undefined> {
  const inTime = <T>(call: () => Promise<T>) =>
    connection.withDeadline(Date.now() + ROLLOUT_LIMITS.answerMs, call);
  const handle = client.workflow.getHandle(id);
  try {
    const { status, raw } = await inTime(() => handle.describe());
    if (status.name !== 'RUNNING') return await endedProblem(pool, id, status.name);
    const attempt = raw.pendingWorkflowTask?.attempt ?? 0;
    if (attempt >= ROLLOUT_LIMITS.failingAttempts)
      return `its workflow task fails, and is at attempt ${attempt}`;
    const { sequence, recordedSequence, quarantined } = await inTime(() =>
      handle.query<IntentDescription>(DESCRIBE_QUERY),
    );
    if (quarantined !== null) return `it is quarantined: ${quarantined}`;
    if (recordedSequence !== sequence)
      return `it has decided ${sequence} transitions, and ${recordedSequence} are recorded`;
    return undefined;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'it has not ended, and Temporal does not know it';
    return `its workflow does not answer (${messageOf(error)})`;
  }
}

/** It may have ended in the meantime. */
async function endedProblem(pool: Pool, id: string, status: string): Promise<string | undefined> {
  const [row] = await readIntents(pool, [id]);
  return row?.endedAt ? undefined : `its workflow is ${status}, and Postgres says that it goes on`;
}
