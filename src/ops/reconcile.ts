import type { Client } from '@temporalio/client';
import type { ReplayWorkerOptions } from '@temporalio/worker';
import type { Pool } from 'pg';

import { fullWitness } from './check-witness';
import type { StoredIntent } from './compare-trail';
import type { Finding } from './findings';
import { missingIntents } from './missing-intents';
import { countIntents, FIRST, pagesOf } from './pages';
import { planRestore } from './plan-restore';
import type { WitnessedIntent } from './replay-intent';
import { Replayer } from './replayer';
import { restoreIntent } from './restore-intent';

export interface ReconcileOptions {
  /** Of the engine's role: what is restored goes through the same rules as any row. */
  pool: Pool;
  client: Client;
  /** Restores; otherwise only says what it would restore. */
  apply: boolean;
  /** These intents only. */
  ids?: readonly string[] | undefined;
  organizationId?: string | undefined;
  /** Prebuilt workflow code; default: the build's. */
  workflowBundle?: ReplayWorkerOptions['workflowBundle'];
  /** Told every difference that there is. */
  onFinding: (finding: Finding) => void;
  /** Told what was restored, or would be. */
  onRestore: (restored: Restored) => void;
  /** An intent with differences that are not mended, and why. */
  onLeft: (intentId: string, reason: string) => void;
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined;
}

export interface Restored {
  intentId: string;
  /** The intent's own row too: Postgres had lost it altogether. */
  created: boolean;
  transitions: number;
  rejections: number;
}

export interface ReconcileSummary {
  intents: number;
  /** Intents that were mended, or would be. */
  restored: number;
  transitions: number;
  rejections: number;
  /** Intents with differences that are left. */
  left: number;
  applied: boolean;
}

/**
 * Restores what Postgres lost and Temporal knows, after the restore of an older backup say: rows at the end of a trail,
 * rejections, whole intents. A row that is there but differs is reported and never touched.
 *
 * Safe to stop at any moment and to repeat: each intent is restored in one transaction.
 */
export async function reconcile(options: ReconcileOptions): Promise<ReconcileSummary> {
  const { pool, client, apply, ids, organizationId, onFinding, onRestore, onLeft, onProgress } = options;
  const summary = { intents: 0, restored: 0, transitions: 0, rejections: 0, left: 0, applied: apply };
  const replayer = await Replayer.start(options.workflowBundle);
  const witness = fullWitness(pool, client, replayer);
  const total = ids?.length ?? (await countIntents(pool, FIRST, organizationId));

  try {
    onProgress?.({ done: 0, total });
    for await (const page of pagesOf(pool, { ids, after: FIRST, organizationId, pageSize: 200 })) {
      for (const id of page.ids) {
        const compared = await witness.compare(id);
        if (compared.status === 'unchecked') leave(id, compared.reason);
        else if (compared.status === 'checked') {
          await mend(id, compared.findings, compared.witnessed, compared.stored);
        }
        summary.intents += 1;
        onProgress?.({ done: summary.intents, total });
      }
    }
    if (ids === undefined && organizationId === undefined) {
      for await (const { intentId, witnessed, findings } of missingIntents(pool, client, replayer)) {
        await mend(intentId, findings, witnessed, undefined);
        summary.intents += 1;
      }
    }
    return summary;
  } finally {
    await witness.close();
  }

  function leave(id: string, reason: string): void {
    summary.left += 1;
    onLeft(id, reason);
  }

  async function mend(
    id: string,
    findings: readonly Finding[],
    witnessed: WitnessedIntent,
    stored: StoredIntent | undefined,
  ): Promise<void> {
    if (findings.length === 0) return;
    findings.forEach(onFinding);
    // On top of a row that differs, or that Temporal does not know, nothing may be inserted.
    const other = findings.find(({ code }) => code !== 'TEMPORAL_AHEAD');
    if (other !== undefined) return leave(id, `${other.code}: somebody has to look`);
    const plan = planRestore(stored, witnessed);
    const organizationId = stored?.intent.organizationId ?? witnessed.created?.details.organizationId;
    if (plan === undefined || organizationId === undefined) {
      return leave(id, 'rows are missing in between, or Temporal has deleted the runs that knew them');
    }
    if (apply) {
      const intent = { id, organizationId, runId: witnessed.firstRunId };
      try {
        await restoreIntent(pool, intent, plan, witnessed);
      } catch (error) {
        return leave(id, (error as Error).message);
      }
    }
    const rejections = plan.decisions.filter(({ status }) => status === 'rejected').length;
    const restored = {
      intentId: id,
      created: plan.create,
      transitions: plan.hashes.size,
      rejections,
    };
    summary.restored += 1;
    summary.transitions += restored.transitions;
    summary.rejections += rejections;
    onRestore(restored);
  }
}
