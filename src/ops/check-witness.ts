import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';

import { graphFingerprint } from '../database/graph-fingerprint';
import { readGraph } from '../database/read-graphs';
import { readHistory } from '../database/read-history';
import { readIntents, type IntentRow } from '../database/read-intents';
import { readRecords } from '../database/read-records';
import { readRejections } from '../database/read-rejections';
import { readVotes } from '../database/read-votes';
import { formatGraphReference, type Graph } from '../graph';
import type { FiledTrail } from './archive-files';
import { compareTrail, graphsOf, type StoredIntent } from './compare-trail';
import type { Finding } from './findings';
import { missingFindings } from './missing-intents';
import { replayIntent, type WitnessedIntent } from './replay-intent';
import type { Replayer } from './replayer';
import { onceCertain, type Look } from './under-way';

/** What became of the comparison of one intent. */
export type Checked =
  | { status: 'checked'; findings: Finding[] }
  /** Temporal's retention has deleted it. */
  | { status: 'forgotten' }
  | { status: 'unchecked'; reason: string };

/** Somebody named it; that it is nowhere is not to be taken for clean. */
export const NOT_IN_POSTGRES: Checked = { status: 'unchecked', reason: 'Postgres has no such intent' };

/** What is known of an intent before it is compared. */
export interface KnownOfIntent {
  /** What its rows said about people is gone. */
  erased: boolean;
  /** What an archive file has of it; what stands in Postgres comes after it. */
  filed?: FiledTrail | undefined;
}

export interface Witness {
  /** @param intent its row in Postgres, where there is one */
  check: (id: string, intent: IntentRow | undefined, known: KnownOfIntent) => Promise<Checked>;
  close: () => Promise<void>;
}

/** The same, with what was compared. */
type Compared =
  | Exclude<Checked, { status: 'checked' }>
  | { status: 'checked'; findings: Finding[]; witnessed: WitnessedIntent; stored: StoredIntent | undefined };

export interface FullWitness extends Witness {
  compare: (id: string) => Promise<Compared>;
}

/** The full comparison: replays the intent's history and compares row by row. Needs no worker. */
export function fullWitness(pool: Pool, client: Client, replayer: Replayer): FullWitness {
  const fingerprints = new Map<string, string | undefined>();

  /** Of graphs as they are registered now. */
  async function fingerprintsOf(graphs: readonly Graph[]): Promise<Map<string, string | undefined>> {
    for (const { name, version } of graphs) {
      const key = formatGraphReference({ name, version });
      if (fingerprints.has(key)) continue;
      const graph = await readGraph(pool, { name, version });
      fingerprints.set(key, graph && graphFingerprint(graph));
    }
    return fingerprints;
  }

  async function stored(
    id: string,
    graphs: readonly Graph[],
    filed?: FiledTrail,
  ): Promise<StoredIntent | undefined> {
    const [[intent], records, audit, rejections, votes] = await Promise.all([
      readIntents(pool, [id]),
      readRecords(pool, [id]),
      readHistory(pool, id),
      readRejections(pool, id),
      readVotes(pool, id),
    ]);
    if (intent === undefined) return undefined;
    return {
      intent,
      erased: records.get(id)?.erased ?? false,
      audit: [...(filed?.audit ?? []), ...audit],
      rejections: [...(filed?.rejections ?? []), ...rejections],
      votes: [...(filed?.votes ?? []), ...votes],
      graphFingerprints: await fingerprintsOf(graphs),
    };
  }

  async function look(id: string, filed?: FiledTrail): Promise<Look<Compared>> {
    // History first: what it says must be in Postgres by then.
    const witnessed = await replayIntent(client, replayer, id);
    if (witnessed === undefined) return { seen: { status: 'forgotten' }, underWay: false };
    const { error, underWay } = witnessed;
    if (error !== undefined) return { seen: { status: 'unchecked', reason: error.message }, underWay };
    const now = await stored(id, graphsOf(witnessed), filed);
    const findings = now === undefined ? missingFindings(id, witnessed) : compareTrail(now, witnessed);
    return { seen: { status: 'checked', findings, witnessed, stored: now }, underWay };
  }

  const compare = (id: string, filed?: FiledTrail) => onceCertain(() => look(id, filed));
  return {
    compare,
    async check(id, intent, { filed }) {
      const compared = await compare(id, filed);
      const known =
        compared.status === 'unchecked' || ('findings' in compared && compared.findings.length > 0);
      return intent !== undefined || known ? compared : NOT_IN_POSTGRES;
    },
    close: () => replayer.close(),
  };
}
