import { setTimeout as sleep } from 'node:timers/promises';

import type { Client } from '@temporalio/client';
import type { ReplayWorkerOptions } from '@temporalio/worker';
import type { Pool } from 'pg';
import { z } from 'zod';

import { readIntents } from '../database/read-intents';
import { readRecords } from '../database/read-records';
import { registerGraph } from '../database/register-graph';
import { formatGraphReference, type Graph } from '../graph';
import { Checkpoint, type CheckpointStore, type CountsOf } from './checkpoint';
import { checkRows } from './check-rows';
import { fullWitness } from './check-witness';
import { graphsOf, type StoredIntent } from './compare-trail';
import { notInTemporal, type Finding, type FindingCode } from './findings';
import { OPS_LIMITS } from './limits';
import { missingIntents } from './missing-intents';
import { before, countIntents, pagesOf } from './pages';
import { beyondRepair, planRepair } from './plan-repair';
import { planRestore } from './plan-restore';
import { repairIntent } from './repair-intent';
import type { WitnessedIntent } from './replay-intent';
import { Replayer } from './replayer';
import { restoreIntent } from './restore-intent';
import { IN_DOUBT } from './under-way';

export interface ReconcileOptions {
  /** Of the engine's role: what is restored goes through the same rules as any row. For `repair`, the owner's. */
  pool: Pool;
  client: Client;
  /** Restores; otherwise only says what it would restore. */
  apply: boolean;
  /** Also replaces rows that differ, and keeps them as evidence; otherwise they are left as they are. */
  repair?: boolean | undefined;
  /** Registers graphs that intents were created with and that Postgres lacks. Takes the owner's role. */
  registerGraphs?: boolean | undefined;
  /** These intents only. */
  ids?: readonly string[] | undefined;
  organizationId?: string | undefined;
  /** Keeps the position. */
  checkpoint?: CheckpointStore | undefined;
  /** Prebuilt workflow code; default: the build's. */
  workflowBundle?: ReplayWorkerOptions['workflowBundle'];
  /** Told every difference that there is. */
  onFinding: (finding: Finding) => void;
  /** Told what was restored or repaired, or would be. */
  onRestore: (restored: Restored) => void;
  /** An intent with differences that are not mended, and why. */
  onLeft: (intentId: string, reason: string) => void;
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined;
  /** Stops after the intent that is being mended. */
  signal?: AbortSignal | undefined;
}

export interface Restored {
  intentId: string;
  /** The intent's own row too: Postgres had lost it altogether. */
  created: boolean;
  transitions: number;
  rejections: number;
  /** Left out where there are none. */
  votes?: number;
  /** Audit rows from this sequence on, and rejections and votes, were kept as evidence and replaced. */
  repairedFrom?: number;
}

interface ReconcileCounts {
  intents: number;
  /** Intents that were mended, or would be. */
  restored: number;
  /** Of them, those with rows that were replaced. */
  repaired: number;
  transitions: number;
  rejections: number;
  votes: number;
  /** Intents with differences that are left. */
  left: number;
}

export interface ReconcileSummary extends ReconcileCounts {
  applied: boolean;
  /** Whether it went through to the end. */
  complete: boolean;
}

const count = z.int().min(0);

const COUNTS: CountsOf<ReconcileCounts> = {
  schema: z.object({
    intents: count,
    restored: count,
    repaired: count,
    transitions: count,
    rejections: count,
    // Not kept by versions before there were votes.
    votes: count.default(0),
    left: count,
  }),
  nothing: { intents: 0, restored: 0, repaired: 0, transitions: 0, rejections: 0, votes: 0, left: 0 },
};

/**
 * Restores what Postgres lost and Temporal knows, after the restore of an older backup say: rows at the end of a trail,
 * rejections, votes, whole intents. A row that is there but differs is reported, and replaced only with `repair`.
 *
 * Safe to stop at any moment and to repeat: each intent is mended in one transaction.
 */
export async function reconcile(options: ReconcileOptions): Promise<ReconcileSummary> {
  const { pool, client, apply, repair = false, ids, organizationId, signal } = options;
  const { onFinding, onRestore, onLeft, onProgress } = options;
  const what = `${apply ? 'apply' : 'dry run'}${repair ? ', repair' : ''}`;
  const scope = `reconcile (${what}) of ${ids?.join(' ') ?? organizationId ?? 'everything'}`;
  const checkpoint = new Checkpoint(options.checkpoint, scope, COUNTS);
  const { after, counts } = checkpoint.read();
  const summary: ReconcileSummary = { ...counts, applied: apply, complete: false };
  const replayer = await Replayer.start(options.workflowBundle);
  const witness = fullWitness(pool, client, replayer);
  const registered = new Set<string>();
  const total = ids?.length ?? counts.intents + (await countIntents(pool, after, organizationId));

  try {
    onProgress?.({ done: summary.intents, total });
    for await (const page of pagesOf(pool, {
      ids,
      after,
      organizationId,
      pageSize: OPS_LIMITS.pageIntents,
    })) {
      const records = await readRecords(pool, page.ids);
      for (const id of page.ids) {
        if (signal?.aborted) return summary;
        await reconcileOne(id, records.get(id)?.archived ?? null);
        summary.intents += 1;
        onProgress?.({ done: summary.intents, total });
      }
      const { applied: _applied, complete: _complete, ...soFar } = summary;
      checkpoint.write({ after: page.stretch.upTo, counts: soFar });
    }
    if (ids === undefined && organizationId === undefined) {
      for await (const { intentId, witnessed, findings } of missingIntents(pool, client, replayer)) {
        if (signal?.aborted) return summary;
        // Rows that are left of it would stand in the way.
        const inSql = await checkRows(pool, { after: before(intentId), upTo: intentId });
        await mend(intentId, [...inSql, ...findings], witnessed, undefined);
        summary.intents += 1;
        onProgress?.({ done: summary.intents, total: Math.max(total, summary.intents) });
      }
    }
    checkpoint.remove();
    return { ...summary, complete: true };
  } finally {
    await witness.close();
  }

  async function reconcileOne(id: string, archived: { file: string | null } | null): Promise<void> {
    // Its rows are not here; verify reads them where they are.
    if ((archived?.file ?? null) !== null) return;
    for (let attempt = 1; ; attempt += 1) {
      const compared = await witness.compare(id);
      if (compared.status === 'unchecked') return leave(id, compared.reason);
      if (compared.status === 'forgotten') return leaveIfGoingOn(id);
      const inSql = await checkRows(pool, { after: before(id), upTo: id });
      const findings = [...inSql, ...compared.findings];
      if (findings.length > 0 && archived !== null) {
        findings.forEach(onFinding);
        return leave(id, 'its rows are archived: somebody has to look');
      }
      // What Temporal is about to know must not be replaced by what it knows now. A lost row alone can be restored.
      const inDoubt = repair && needsRepair(findings) && compared.witnessed.underWay;
      if (!inDoubt) return mend(id, findings, compared.witnessed, compared.stored);
      if (attempt === OPS_LIMITS.looks) {
        findings.forEach(onFinding);
        return leave(id, IN_DOUBT);
      }
      await sleep(OPS_LIMITS.lookPauseMs);
    }
  }

  /** Retention deletes what has ended only. */
  async function leaveIfGoingOn(id: string): Promise<void> {
    const [intent] = await readIntents(pool, [id]);
    if (intent === undefined || intent.endedAt !== null) return;
    onFinding(notInTemporal(id, intent.organizationId));
    leave(id, 'Temporal does not know it: somebody has to look');
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
    const organization = witnessed.created?.details.organizationId ?? stored?.intent.organizationId;
    if (organization === undefined) return leave(id, GONE);
    const intent = { id, organizationId: organization, runId: witnessed.firstRunId };
    // On top of a row that differs, or that Temporal does not know, nothing may be inserted.
    const other = findings.find(({ code }) => !RESTORABLE.has(code));
    const plan = other === undefined ? planRestore(stored, witnessed) : undefined;
    if (plan !== undefined) {
      return attempt(id, witnessed, restoredBy(id, plan.create, plan), () =>
        restoreIntent(pool, intent, plan, witnessed),
      );
    }
    const beyond = beyondRepair(findings);
    if (beyond !== undefined) return leave(id, `${beyond.code}: somebody has to look`);
    if (!repair) return leave(id, other === undefined ? GONE : `${other.code}: somebody has to look`);
    const repairPlan = planRepair(stored, witnessed, findings);
    if (repairPlan === undefined) return leave(id, GONE);
    const codes = [...new Set(findings.map(({ code }) => code))].join(', ');
    const restored = {
      ...restoredBy(id, stored === undefined, repairPlan),
      repairedFrom: repairPlan.keep + 1,
    };
    return attempt(id, witnessed, restored, () => repairIntent(pool, intent, repairPlan, witnessed, codes));
  }

  async function ensureRegistered(graph: Graph): Promise<void> {
    const reference = formatGraphReference(graph);
    if (registered.has(reference)) return;
    await registerGraph(pool, graph);
    registered.add(reference);
  }

  async function attempt(
    id: string,
    witnessed: WitnessedIntent,
    restored: Restored,
    work: () => Promise<void>,
  ): Promise<void> {
    if (apply) {
      try {
        if (options.registerGraphs) {
          for (const graph of graphsOf(witnessed)) await ensureRegistered(graph);
        }
        await work();
      } catch (error) {
        return leave(id, (error as Error).message);
      }
    }
    summary.restored += 1;
    summary.repaired += restored.repairedFrom === undefined ? 0 : 1;
    summary.transitions += restored.transitions;
    summary.rejections += restored.rejections;
    summary.votes += restored.votes ?? 0;
    onRestore(restored);
  }
}

/** What is mended by inserting what is missing. */
const RESTORABLE: ReadonlySet<FindingCode> = new Set([
  'TEMPORAL_AHEAD',
  'REJECTION_GAP',
  'VOTE_GAP',
  'VOTES_MISSING',
]);

function needsRepair(findings: readonly Finding[]): boolean {
  return findings.some(({ code }) => !RESTORABLE.has(code));
}

const GONE = 'rows are missing in between, or Temporal has deleted the runs that knew them';

function restoredBy(
  intentId: string,
  created: boolean,
  { decisions, hashes }: Pick<NonNullable<ReturnType<typeof planRestore>>, 'decisions' | 'hashes'>,
): Restored {
  const rejections = decisions.filter(({ status }) => status === 'rejected').length;
  const votes = decisions.filter(({ status }) => status === 'voted').length;
  return { intentId, created, transitions: hashes.size, rejections, ...(votes > 0 && { votes }) };
}
