import type { Pool } from 'pg';

import type { IntentClient } from '../client';

export interface IdenticalRequests {
  intentId: string;
  requests: number;
  applied: number;
  /** How many were rejected, by code. */
  rejected: Record<string, number>;
  auditRows: number;
  answered: number;
  milliseconds: number;
  /** One applied, one audit row, and an answer for everyone. */
  exactlyOne: boolean;
}

const TO = 'ICP_PENDING';

/** Asks a fresh intent for the same transition `requests` times at once. */
export async function identicalRequests(
  intents: IntentClient,
  pool: Pool,
  organizationId: string,
  requests: number,
): Promise<IdenticalRequests> {
  const { id } = await intents.create({
    organizationId,
    title: `Demo: ${requests} identical requests at once`,
    createdBy: 'demo',
  });
  await intents.waitForState(id, 'CREATED', { timeoutMs: 60_000 });

  const startedAt = performance.now();
  const answers = await Promise.allSettled(
    Array.from({ length: requests }, () =>
      intents.transition(id, { to: TO, actor: 'demo' }, { timeoutMs: 60_000 }),
    ),
  );
  const milliseconds = Math.round(performance.now() - startedAt);

  const outcomes = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const rejected: Record<string, number> = {};
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') rejected[outcome.code] = (rejected[outcome.code] ?? 0) + 1;
  }
  const applied = outcomes.filter(({ status }) => status === 'applied').length;
  const counted = await pool.query<{ rows: number }>(
    'SELECT count(*)::integer AS rows FROM workflow_transition_audit WHERE workflow_id = $1 AND sequence > 1',
    [id],
  );
  const auditRows = counted.rows[0]?.rows ?? 0;
  return {
    intentId: id,
    requests,
    applied,
    rejected,
    auditRows,
    answered: outcomes.length,
    milliseconds,
    exactlyOne: applied === 1 && auditRows === 1 && outcomes.length === requests,
  };
}
