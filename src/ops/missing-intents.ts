import { setTimeout as sleep } from 'node:timers/promises';

import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';

import { readIntents } from '../database/read-intents';
import { INTENT_WORKFLOW_TYPE } from '../intent';
import type { Finding } from './findings';
import { OPS_LIMITS } from './limits';
import { replayIntent, type WitnessedIntent } from './replay-intent';
import type { Replayer } from './replayer';

/**
 * Intents that Temporal has and Postgres lacks altogether, as after the restore of an older backup. A workflow that
 * failed, or has not recorded its creation yet, is none of them.
 */
export async function* missingIntents(
  pool: Pool,
  client: Client,
  replayer: Replayer,
): AsyncGenerator<{ intentId: string; witnessed: WitnessedIntent; findings: Finding[] }> {
  for await (const ids of idsInTemporal(client)) {
    let missing = await lacking(pool, ids);
    if (missing.length === 0) continue;
    await sleep(OPS_LIMITS.newIntentMs);
    missing = await lacking(pool, missing);
    for (const intentId of missing) {
      const witnessed = await replayIntent(client, replayer, intentId);
      if (witnessed === undefined) continue;
      const findings = missingFindings(intentId, witnessed);
      if (findings.length > 0) yield { intentId, witnessed, findings };
    }
  }
}

/** The finding for an intent that has no row; none where Temporal knows of no recorded creation either. */
export function missingFindings(intentId: string, witnessed: WitnessedIntent): Finding[] {
  const { transitions, continued, created } = witnessed;
  const rows = Math.max(transitions.at(-1)?.sequence ?? 0, continued?.recordedSequence ?? 0);
  if (rows === 0) return [];
  const organizationId = created?.details.organizationId;
  return [
    {
      code: 'TEMPORAL_AHEAD',
      intentId,
      ...(organizationId !== undefined && { organizationId }),
      detail: `Postgres lacks the intent and its ${rows} audit rows`,
    },
  ];
}

async function lacking(pool: Pool, ids: readonly string[]): Promise<string[]> {
  const rows = await readIntents(pool, ids);
  return ids.filter((_, index) => rows[index] === undefined);
}

async function* idsInTemporal(client: Client): AsyncGenerator<string[]> {
  const query =
    `WorkflowType = '${INTENT_WORKFLOW_TYPE}' AND ExecutionStatus != 'Failed' ` +
    `AND ExecutionStatus != 'ContinuedAsNew'`;
  let ids = new Set<string>();
  for await (const { workflowId } of client.workflow.list({ query })) {
    ids.add(workflowId);
    if (ids.size < OPS_LIMITS.idsPerQuery) continue;
    yield [...ids];
    ids = new Set();
  }
  if (ids.size > 0) yield [...ids];
}
