import { Context } from '@temporalio/activity';
import type { Pool } from 'pg';

import {
  insertVerification,
  readVerification,
  type Verification,
  type VerificationSample,
} from '../database/verifications';
import type { Finding } from '../ops/findings';
import { verify } from '../ops/verify';
import type { FailedVerification, VerificationResult } from '../workflows/activities';
import { heartbeatCheckpoint } from './heartbeat-checkpoint';

const MODE = 'fast';
const MAX_SAMPLES = 100;

/** Verifies all intents against the Temporal that the worker polls, and records the result. */
export async function verifyIntents(pool: Pool): Promise<VerificationResult> {
  const context = Context.current();
  const { cancellationSignal: signal, client } = context;
  const runId = runIdOf(context);
  // An attempt may have recorded it and died before it could say so.
  const recorded = await readVerification(pool, runId);
  if (recorded !== undefined) return resultOf(recorded);

  const progress = heartbeatCheckpoint<VerificationSample>(context, MAX_SAMPLES);
  try {
    const summary = await verify({
      mode: MODE,
      pool,
      client,
      checkpoint: progress.store,
      signal,
      onFinding: (finding) => progress.note(sampleOf(finding)),
      onUnchecked: (intentId, reason) => progress.note({ intentId, detail: reason }),
    });
    signal.throwIfAborted();
    const { intents, witnessed, forgotten, filed, unchecked, findings } = summary;
    const { startedAt, notes: samples } = progress;
    const finishedAt = new Date();
    const counts = { intents, witnessed, forgotten, filed, unchecked, findings };
    return resultOf(
      await insertVerification(pool, {
        runId,
        mode: MODE,
        startedAt,
        finishedAt,
        ...counts,
        samples,
        failure: null,
      }),
    );
  } catch (error) {
    // Whatever it was, a call that was broken off say, it came of being told to stop.
    if (signal.aborted) await context.cancelled;
    throw error;
  } finally {
    progress.stop();
  }
}

/** Records a run that came to no result: nothing of it counts as checked. */
export async function recordFailedVerification(
  pool: Pool,
  { startedAt, failure }: FailedVerification,
): Promise<void> {
  const context = Context.current();
  await insertVerification(pool, {
    runId: runIdOf(context),
    mode: MODE,
    startedAt: new Date(startedAt),
    finishedAt: new Date(),
    intents: 0,
    witnessed: 0,
    forgotten: 0,
    filed: 0,
    unchecked: 0,
    findings: {},
    samples: [],
    failure,
  });
}

function runIdOf({ info }: Context): string {
  const { workflowExecution } = info;
  if (workflowExecution === undefined) throw new Error('A verification is started by its workflow');
  return workflowExecution.runId;
}

/** Without the detail of an intent's finding, which may quote what the intent says. */
function sampleOf({ detail, ...finding }: Finding): VerificationSample {
  return finding.intentId === undefined ? { ...finding, detail } : finding;
}

function resultOf({
  clean,
  intents,
  witnessed,
  forgotten,
  filed,
  unchecked,
  findings,
}: Verification): VerificationResult {
  return { clean, intents, witnessed, forgotten, filed, unchecked, findings };
}
