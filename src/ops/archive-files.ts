import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';

import type { Pool } from 'pg';

import { readArchiveFile, sha256Of, type ArchivedIntent } from '../archive/archive-file';
import { isSigned, readManifest } from '../archive/manifest';
import type { RejectionRow } from '../database/read-rejections';
import type { VoteRow } from '../database/read-votes';
import type { AuditRow } from '../intent';
import type { Finding } from './findings';

/** Where archive files are, and whose signatures they must have. */
export interface ArchiveFiles {
  folder: string;
  /** Without it, only what Postgres says of the files is checked. */
  verifyingKey?: KeyObject | undefined;
}

/** What a file says of an intent, for who compares it with Temporal. */
export interface FiledTrail {
  audit: AuditRow[];
  rejections: RejectionRow[];
  votes: VoteRow[];
}

export interface RecordedFile {
  name: string;
  sha256: string;
  signature: string;
}

/** The files that Postgres knows of, in the order of their names. */
export async function recordedFiles(pool: Pool): Promise<RecordedFile[]> {
  const { rows } = await pool.query<RecordedFile>(
    // A file that was written anew is in nobody's record any more.
    `SELECT name, sha256, signature FROM intent_archive_files f
      WHERE EXISTS (SELECT FROM intent_archives x WHERE x.file = f.name) ORDER BY name`,
  );
  return rows;
}

/** Ids of the intents that a file must have. */
export async function intentsOfFile(pool: Pool, name: string): Promise<Set<string>> {
  const { rows } = await pool.query<{ id: string }>(
    'SELECT workflow_id AS id FROM intent_archives WHERE file = $1',
    [name],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Whether a file is the one that was written, and signed. Does not look at its rows. */
export async function checkFile(
  { folder, verifyingKey }: ArchiveFiles,
  { name, sha256, signature }: RecordedFile,
): Promise<Finding[]> {
  const finding = (detail: string): Finding[] => [
    { code: 'ARCHIVE_FILE_ALTERED', detail: `${name}: ${detail}` },
  ];
  try {
    const { manifest, signed } = await readManifest(folder, name);
    if (verifyingKey !== undefined && !isSigned(signed, verifyingKey)) {
      return finding('its manifest is not signed by the given key');
    }
    if (signed.signature !== signature) return finding('its manifest is not the one that Postgres knows');
    if (manifest.file !== name) return finding(`its manifest is that of ${manifest.file}`);
    const actual = await sha256Of(join(folder, name));
    if (actual !== manifest.sha256 || actual !== sha256) {
      return finding(`its SHA-256 is ${actual}, its manifest says ${manifest.sha256}, Postgres ${sha256}`);
    }
    return [];
  } catch (error) {
    return finding((error as Error).message);
  }
}

/** The intents of a file, several at a time. */
export async function* pagesOfFile(
  { folder }: ArchiveFiles,
  name: string,
  pageSize: number,
): AsyncGenerator<ArchivedIntent[]> {
  let page: ArchivedIntent[] = [];
  for await (const intent of readArchiveFile(folder, name)) {
    page.push(intent);
    if (page.length < pageSize) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** A row of the audit trail as Postgres prints it. */
type FiledAuditRow = Pick<AuditRow, 'sequence' | 'actor' | 'metadata' | 'hash'> & {
  request_id: string;
  previous_state: string | null;
  new_state: string;
  transition_reason: string | null;
  transitioned_at: string;
  created_at: string;
  // Files that were written before they were kept lack them.
  kind?: AuditRow['kind'] | null;
  graph_version?: number | null;
};

type FiledRejection = Pick<RejectionRow, 'number' | 'code' | 'message' | 'state' | 'actor'> & {
  request_id: string;
  requested_state: string | null;
  transition_reason: string | null;
};

type FiledVote = Pick<
  VoteRow,
  'number' | 'kind' | 'entry' | 'role' | 'actor' | 'reason' | 'metadata' | 'expires' | 'votes' | 'needed'
> & {
  request_id: string;
  from_state: string;
  to_state: string;
  graph_version: number;
  on_behalf_of: string | null;
  voted_at: string;
};

/** The rows of a file as the tables would give them. */
export function trailOf({ audit, rejections, votes }: ArchivedIntent): FiledTrail {
  return {
    audit: audit.map((line) => {
      const { sequence, actor, metadata, hash, ...row } = JSON.parse(line) as FiledAuditRow;
      return {
        ...{ sequence, actor, metadata, hash },
        requestId: row.request_id,
        previousState: row.previous_state,
        newState: row.new_state,
        reason: row.transition_reason,
        transitionedAt: new Date(row.transitioned_at),
        createdAt: new Date(row.created_at),
        kind: row.kind ?? 'transition',
        graphVersion: row.graph_version ?? null,
      };
    }),
    rejections: rejections.map((line) => {
      const { number, code, message, state, actor, ...row } = JSON.parse(line) as FiledRejection;
      return {
        ...{ number, code, message, state, actor },
        requestId: row.request_id,
        requestedState: row.requested_state,
        reason: row.transition_reason,
      };
    }),
    votes: votes.map((line) => {
      const row = JSON.parse(line) as FiledVote;
      const { number, kind, entry, role, actor, reason, metadata, expires, votes: counted, needed } = row;
      return {
        ...{ number, kind, entry, role, actor, reason, metadata, expires, votes: counted, needed },
        requestId: row.request_id,
        fromState: row.from_state,
        toState: row.to_state,
        graphVersion: row.graph_version,
        onBehalfOf: row.on_behalf_of,
        votedAt: new Date(row.voted_at),
      };
    }),
  };
}
