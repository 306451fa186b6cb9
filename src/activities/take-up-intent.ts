import type { Pool } from 'pg';

import { readIntents } from '../database/read-intents';
import { readRecords } from '../database/read-records';
import { readOrigin, readTrail } from '../database/read-trail';
import { formatGraphReference } from '../graph';
import { carryState, intentOfRows, whyNotReopened } from '../intent';
import type { TakenUpIntent, TakeUpRequest } from '../workflows/activities';

/** What Postgres has of an intent that has ended, or why it can't be reopened. Changes nothing. */
export async function takeUpIntent(
  pool: Pool,
  { id, organizationId }: TakeUpRequest,
): Promise<TakenUpIntent | { problem: string }> {
  const [row] = await readIntents(pool, [id]);
  if (row?.organizationId !== organizationId) return { problem: `The organization has no intent ${id}.` };
  const [trail, { generation, personalSalt }] = await Promise.all([
    readTrail(pool, row),
    readOrigin(pool, id),
  ]);
  // After the rows: they may just have been taken into the archive.
  const records = (await readRecords(pool, [id])).get(id);
  const problem = whyNotReopened({ ...row, ended: row.endedAt !== null, ...records });
  if (problem !== undefined) return { problem };

  const identity = {
    id,
    organizationId,
    title: row.title ?? undefined,
    metadata: row.metadata ?? undefined,
    createdBy: row.createdBy ?? undefined,
    generation,
  };
  const intent = intentOfRows(identity, trail);
  const { title, metadata, createdBy } = identity;
  return {
    input: {
      organizationId,
      graph: formatGraphReference(intent.graph),
      ...(title !== undefined && { title }),
      ...(metadata !== undefined && { metadata }),
      ...(createdBy !== undefined && { createdBy }),
      ...(generation > 0 && { generation }),
    },
    intent: carryState(intent),
    auditHash: row.auditHash,
    personalSalt,
  };
}
