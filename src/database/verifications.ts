import type { Pool } from 'pg';

/** What is worth looking at first. Holds no detail of an intent's content: the table is not divided by organization. */
export interface VerificationSample {
  /** Of the finding; absent: the intent could not be checked. */
  code?: string;
  intentId?: string;
  organizationId?: string;
  sequence?: number;
  /** Of an unchecked intent: why; of a finding about the whole database: what was found. */
  detail?: string;
}

/** One verification that has ended. */
export interface NewVerification {
  /** Temporal run of the workflow. */
  runId: string;
  mode: 'sql' | 'fast' | 'full';
  startedAt: Date;
  finishedAt: Date;
  intents: number;
  witnessed: number;
  forgotten: number;
  filed: number;
  unchecked: number;
  /** Number by code. */
  findings: Readonly<Record<string, number>>;
  samples: readonly VerificationSample[];
  /** Why it did not come to its end. */
  failure: string | null;
}

/** A row of `intent_verifications`. */
export interface Verification extends NewVerification {
  complete: boolean;
  clean: boolean;
}

const COLUMNS = `run_id AS "runId", mode, started_at AS "startedAt", finished_at AS "finishedAt", intents, witnessed,
  forgotten, filed, unchecked, findings, samples, failure, complete, clean`;

/** Stores it, once a run, and returns what is stored: of the same run, the first counts. */
export async function insertVerification(pool: Pool, verification: NewVerification): Promise<Verification> {
  const { runId, mode, startedAt, finishedAt, intents, witnessed, forgotten, filed, unchecked, failure } =
    verification;
  await pool.query({
    name: 'insert_verification',
    text: `INSERT INTO intent_verifications
             (run_id, mode, started_at, finished_at, intents, witnessed, forgotten, filed, unchecked, findings,
              samples, failure)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
           ON CONFLICT (run_id) DO NOTHING`,
    values: [
      runId,
      mode,
      startedAt,
      finishedAt,
      intents,
      witnessed,
      forgotten,
      filed,
      unchecked,
      JSON.stringify(verification.findings),
      JSON.stringify(verification.samples),
      failure,
    ],
  });
  const stored = await readVerification(pool, runId);
  if (stored === undefined) throw new Error(`The verification of run ${runId} was not stored`);
  return stored;
}

/** That of a run, or `undefined` when it has none yet. */
export async function readVerification(pool: Pool, runId: string): Promise<Verification | undefined> {
  const { rows } = await pool.query<Verification>({
    name: 'read_verification',
    text: `SELECT ${COLUMNS} FROM intent_verifications WHERE run_id = $1`,
    values: [runId],
  });
  return rows[0];
}

/** The one that ended last, or `undefined` when there is none. */
export async function readLastVerification(pool: Pool): Promise<Verification | undefined> {
  const { rows } = await pool.query<Verification>({
    name: 'read_last_verification',
    text: `SELECT ${COLUMNS} FROM intent_verifications ORDER BY finished_at DESC LIMIT 1`,
  });
  return rows[0];
}
