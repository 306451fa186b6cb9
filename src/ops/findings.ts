/**
 * What `intent verify` can find. The codes are stable: programs may compare them, and a retired one is never used
 * again. The table in docs/guides/verify.md is held equal to this one by a test.
 */
export const FINDING_CODES = {
  ROW_ALTERED:
    'An audit row does not follow from its content and the row before: it was changed, or its hash was.',
  SEQUENCE_GAP: 'Audit rows are missing before this one.',
  STATES_DISCONNECTED: 'An audit row begins in another state than the one before it led to.',
  NO_SUCH_EDGE: 'The registered graph has no edge for this audit row.',
  ORGANIZATION_DIFFERS: 'A row belongs to another organization than its intent.',
  TRAIL_MISSING: 'An intent has no audit rows at all.',
  MIRROR_DIFFERS: 'The row of the intent is not what its last audit row led to.',
  REQUEST_ANSWERED_TWICE: 'A request id has a second outcome after it was applied.',
  REJECTION_GAP: 'Rejections are missing before this one.',
  VOTE_GAP: 'Votes are missing before this one.',
  VOTES_MISSING: 'An audit row says that votes moved the intent, and too few of them are stored.',
  ORPHANED_ROW: 'Audit rows, rejections or votes of an intent that has no row of its own.',
  ERASURE_INCOMPLETE: 'What an intent says about people was erased in Postgres, and Temporal still has it.',
  ARCHIVE_FILE_ALTERED:
    'An archive file is not the one that was written, or its signature is not of the given key.',
  GRAPH_ALTERED: 'A registered graph is not what was registered, or not what intents have followed.',
  PROTECTION_OFF: 'A trigger or the row level security that protects the tables is missing or disabled.',
  QUARANTINED: 'The intent is quarantined: Postgres refused its row as contradictory.',
  TEMPORAL_AHEAD:
    'Temporal knows rows that Postgres lacks, as after the restore of an older backup of Postgres.',
  POSTGRES_AHEAD: 'Postgres has rows that Temporal does not know, as after the restore of an older Temporal.',
  WITNESS_DIFFERS: 'A row in Postgres is not the one that Temporal knows.',
  INTENT_ALTERED: 'The row of the intent is not what its workflow was created with.',
} as const;

export type FindingCode = keyof typeof FINDING_CODES;

/** One thing that is not as it must be. */
export interface Finding {
  code: FindingCode;
  /** Absent: about the whole database. */
  intentId?: string;
  organizationId?: string;
  /** Of the audit row, or the number of the rejection or vote; absent: about the intent. */
  sequence?: number;
  /** What is there, and what should be. */
  detail: string;
}

/**
 * One line for people.
 *
 * @example
 * formatFinding({ code: 'SEQUENCE_GAP', intentId: '5d0c…', sequence: 3, detail: 'row 2 is missing' })
 * // 'SEQUENCE_GAP intent 5d0c…, sequence 3: row 2 is missing'
 */
export function formatFinding({ code, intentId, sequence, detail }: Finding): string {
  const place = [intentId && `intent ${intentId}`, sequence !== undefined && `sequence ${sequence}`];
  const where = place.filter(Boolean).join(', ');
  return `${code}${where === '' ? '' : ` ${where}`}: ${detail}`;
}

/** For an intent that goes on, and that Temporal does not know. */
export function notInTemporal(intentId: string, organizationId: string): Finding {
  const detail = 'it has not ended, and Temporal does not know it';
  return { code: 'POSTGRES_AHEAD', intentId, organizationId, detail };
}

/** For an intent that was erased and that Temporal still answers for. */
export function erasureIncomplete(intentId: string, organizationId: string): Finding {
  const detail = 'Temporal still has its history; run intent purge again';
  return { code: 'ERASURE_INCOMPLETE', intentId, organizationId, detail };
}
