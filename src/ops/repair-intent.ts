import type { Pool, PoolClient } from 'pg';

import { inTransaction } from '../database/in-transaction';
import type { RepairPlan } from './plan-repair';
import type { WitnessedIntent } from './replay-intent';
import { insertDecisions, insertIntent, type IntentKey } from './restore-intent';

/**
 * Replaces the rows of an intent that differ, and all behind them, with what Temporal knows. Every row that goes is kept
 * first, as it was, in `workflow_transition_repairs`: the rules let no other row go. One transaction; each row must get
 * the hash that Temporal knows, or nothing is changed.
 *
 * @param pool of the owner's role
 * @param reason kept with the evidence
 * @throws RestoreError; errors of Postgres, IE006 where the graph is not registered
 */
export async function repairIntent(
  pool: Pool,
  intent: IntentKey,
  plan: RepairPlan,
  witnessed: WitnessedIntent,
  reason: string,
): Promise<void> {
  await inTransaction(pool, async (client) => {
    // Whoever records for it waits until it is whole again.
    const { rows } = await client.query<StoredDetails>(
      `SELECT title, metadata, created_by, personal_salt, graph_name,
              coalesce(first_graph_version, graph_version) AS graph_version
         FROM intent_workflows WHERE id = $1 FOR UPDATE`,
      [intent.id],
    );
    const [details] = rows;
    if (details !== undefined) await checkUnchanged(client, intent, plan);
    await takeAway(client, intent, plan, reason);
    if (details === undefined) await insertIntent(client, intent, witnessed, plan.hashes);
    else await takeBack(client, intent, plan.keep, detailsOf(witnessed) ?? details);
    const created = details === undefined;
    const decisions = plan.decisions.filter(
      (decision) => !created || decision.status !== 'applied' || decision.sequence > 1,
    );
    await insertDecisions(client, intent, decisions, plan.hashes);
  });
}

/** Rows that were recorded since the plan was made are not in it, and would be taken away for good. */
async function checkUnchanged(
  client: PoolClient,
  { id }: IntentKey,
  { lookedUpTo }: RepairPlan,
): Promise<void> {
  const { rows } = await client.query<{ last: number }>(
    'SELECT coalesce(max(sequence), 0) AS last FROM workflow_transition_audit WHERE workflow_id = $1',
    [id],
  );
  if (rows[0]?.last === lookedUpTo) return;
  throw new Error('it has moved on while it was looked at; run it again');
}

/** What an intent was created with, as its row has it. */
interface StoredDetails {
  title: string | null;
  metadata: unknown;
  created_by: string | null;
  personal_salt: string | null;
  graph_name: string;
  graph_version: number;
}

function detailsOf({ created }: WitnessedIntent): StoredDetails | undefined {
  if (created === undefined) return undefined;
  const { details, graph, personalSalt } = created;
  return {
    title: details.title ?? null,
    metadata: details.metadata ?? null,
    created_by: details.createdBy ?? null,
    personal_salt: personalSalt,
    graph_name: graph.name,
    graph_version: graph.version,
  };
}

/** Keeps rows as evidence, and removes them. The intent's own row is kept too, since it is set back. */
async function takeAway(
  client: PoolClient,
  { id, organizationId }: IntentKey,
  { keep, replacedRejections, replacedVotes }: RepairPlan,
  reason: string,
): Promise<void> {
  const evidence = (table: string, which: string, value: unknown) =>
    client.query(
      `INSERT INTO workflow_transition_repairs (workflow_id, organization_id, table_name, stored, reason)
       SELECT $1, $2, '${table}', to_jsonb(t), $3 FROM ${table} t WHERE ${which}`,
      [id, organizationId, reason, value],
    );
  await evidence('intent_workflows', 'id = $1 AND id = $4', id);
  await evidence('workflow_transition_audit', 'workflow_id = $1 AND sequence > $4', keep);
  const numbersOf = (numbers: number[] | 'all') => (numbers === 'all' ? null : numbers);
  const replaced = (parameter: string) =>
    `workflow_id = $1 AND (${parameter}::integer[] IS NULL OR number = ANY (${parameter}::integer[]))`;
  const numbered = [
    ['workflow_transition_rejections', numbersOf(replacedRejections)],
    ['workflow_transition_votes', numbersOf(replacedVotes)],
  ] as const;
  for (const [table, numbers] of numbered) await evidence(table, replaced('$4'), numbers);
  await client.query('DELETE FROM workflow_transition_audit WHERE workflow_id = $1 AND sequence > $2', [
    id,
    keep,
  ]);
  for (const [table, numbers] of numbered) {
    await client.query(`DELETE FROM ${table} WHERE ${replaced('$2')}`, [id, numbers]);
  }
}

/**
 * Sets the intent's row to what its last good audit row led to, and to what it was created with. The graph version is
 * the one that it followed then: that of the row, or where it keeps none, the first.
 */
async function takeBack(
  client: PoolClient,
  { id, organizationId, runId }: IntentKey,
  sequence: number,
  details: StoredDetails,
): Promise<void> {
  await client.query(
    `UPDATE intent_workflows i
        SET organization_id = $3, run_id = $4, title = $5, metadata = $6, created_by = $7, personal_salt = $8,
            graph_name = g.name, graph_version = g.version,
            first_graph_version = (SELECT coalesce(f.graph_version, $10)
                                     FROM workflow_transition_audit f, workflow_transition_audit m
                                    WHERE f.workflow_id = $1 AND f.sequence = 1 AND m.workflow_id = $1
                                      AND m.sequence <= $2 AND m.kind = 'migration' LIMIT 1),
            state = coalesce(a.new_state, g.initial_state), sequence = $2, audit_hash = a.hash,
            ended_at = CASE WHEN s.terminal THEN a.transitioned_at END
       FROM workflow_graphs g
       LEFT JOIN workflow_transition_audit a ON a.workflow_id = $1 AND a.sequence = $2
       LEFT JOIN workflow_graph_states s
         ON (s.graph_name, s.graph_version, s.state) = (g.name, g.version, a.new_state)
      WHERE i.id = $1 AND g.name = $9
        AND g.version = coalesce((SELECT kept.graph_version FROM workflow_transition_audit kept
                                   WHERE kept.workflow_id = $1 AND kept.sequence = $2), $10)`,
    [
      id,
      sequence,
      organizationId,
      runId,
      details.title,
      details.metadata === null ? null : JSON.stringify(details.metadata),
      details.created_by,
      details.personal_salt,
      details.graph_name,
      details.graph_version,
    ],
  );
}
