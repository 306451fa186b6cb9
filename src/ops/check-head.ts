import {
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowHandle,
} from '@temporalio/client';
import type { Pool } from 'pg';

import { readIntents, type IntentRow } from '../database/read-intents';
import { DESCRIBE_QUERY, type IntentDescription } from '../intent';
import type { FiledTrail } from './archive-files';
import { NOT_IN_POSTGRES, type Checked, type Witness } from './check-witness';
import { erasureIncomplete, type Finding } from './findings';
import { lastRunBefore } from './last-run-before';
import { OPS_LIMITS } from './limits';
import { isTemporalAway, TemporalAwayError } from './temporal-away';
import { isUnderWay, onceCertain, type Look } from './under-way';

/** What the workflow remembers of Postgres. */
interface Head {
  sequence: number;
  auditHash: string | null;
  underWay: boolean;
}

/**
 * The fast comparison: the hash of the last row that the workflow remembers stands for the whole chain, which SQL has
 * found unbroken. Asks running workflows, so it needs a worker; ended ones have it in their result.
 */
export function headWitness(pool: Pool, client: Client): Witness {
  async function hashAt(id: string, sequence: number): Promise<string | undefined> {
    const { rows } = await pool.query<{ hash: string }>({
      name: 'audit_hash_at',
      text: 'SELECT hash FROM workflow_transition_audit_all WHERE workflow_id = $1 AND sequence = $2',
      values: [id, sequence],
    });
    return rows[0]?.hash;
  }

  async function compare(
    { id, organizationId }: IntentRow,
    head: Head,
    filed: FiledTrail | undefined,
  ): Promise<Finding[]> {
    const about = { intentId: id, organizationId };
    const hash =
      filed?.audit.find(({ sequence }) => sequence === head.sequence)?.hash ??
      (await hashAt(id, head.sequence));
    if (hash === undefined) {
      const detail = 'Postgres lacks the row, and maybe others before it';
      return [{ code: 'TEMPORAL_AHEAD', ...about, sequence: head.sequence, detail }];
    }
    if (hash !== head.auditHash) {
      const detail = `hash is ${hash}, Temporal knows ${head.auditHash}`;
      return [{ code: 'WITNESS_DIFFERS', ...about, sequence: head.sequence, detail }];
    }
    const [now] = await readIntents(pool, [id]);
    if (now === undefined || now.sequence <= head.sequence) return [];
    const detail = `Temporal knows the rows up to ${head.sequence}`;
    return [{ code: 'POSTGRES_AHEAD', ...about, sequence: now.sequence, detail }];
  }

  async function look(intent: IntentRow, filed: FiledTrail | undefined): Promise<Look<Checked>> {
    const head = await headOf(client, intent.id);
    if (typeof head === 'string') return { seen: { status: 'unchecked', reason: head }, underWay: false };
    if (head === undefined) return { seen: { status: 'forgotten' }, underWay: false };
    const findings = await compare(intent, head, filed);
    return { seen: { status: 'checked', findings }, underWay: head.underWay };
  }

  return {
    async check(id, intent, { erased, filed }): Promise<Checked> {
      if (intent === undefined) return NOT_IN_POSTGRES;
      const checked = await onceCertain(() => look(intent, filed));
      if (!erased || checked.status !== 'checked') return checked;
      return {
        status: 'checked',
        findings: [erasureIncomplete(id, intent.organizationId), ...checked.findings],
      };
    },
    close: () => Promise.resolve(),
  };
}

/**
 * The head, the reason why it can't be had, or `undefined` when Temporal has forgotten the intent.
 *
 * @throws TemporalAwayError
 */
async function headOf(client: Client, id: string): Promise<Head | string | undefined> {
  const inTime = <T>(call: () => Promise<T>) =>
    client.connection.withDeadline(Date.now() + OPS_LIMITS.queryMs, call);
  const last = await inTime(() => lastRun(client, id)).catch((error: unknown) => {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw new TemporalAwayError(error);
  });
  if (last === undefined) return undefined;
  const { handle, description } = last;
  try {
    const { status } = description;
    if (status.name === 'COMPLETED') {
      return { ...((await handle.result()) as Omit<Head, 'underWay'>), underWay: false };
    }
    if (status.name !== 'RUNNING') return `its workflow is ${status.name}; verify it without --fast`;
    const { recordedSequence, auditHash } = await inTime(() =>
      handle.query<IntentDescription>(DESCRIBE_QUERY),
    );
    return { sequence: recordedSequence, auditHash, underWay: isUnderWay(description) };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    if (isTemporalAway(error)) throw new TemporalAwayError(error);
    return `its workflow does not answer (${(error as Error).message}); is a worker running?`;
  }
}

/** The last one that is the intent's: a start of its id that was refused has failed, and no workflow of an intent does. */
async function lastRun(
  client: Client,
  id: string,
): Promise<{ handle: WorkflowHandle; description: WorkflowExecutionDescription }> {
  let handle = client.workflow.getHandle(id);
  let description = await handle.describe();
  while (description.status.name === 'FAILED') {
    const earlier = await lastRunBefore(client, id, description.startTime);
    if (earlier === undefined) break;
    handle = client.workflow.getHandle(id, earlier);
    description = await handle.describe();
  }
  return { handle, description };
}
