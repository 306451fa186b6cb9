import { z } from 'zod';

import type { IntentRow } from '../../database/read-intents';
import type { IntentDescription } from '../../intent';
import { hash, state, storedMetadata, time, uuid } from './values';

const openVote = z.object({
  number: z.int(),
  actor: z.string(),
  role: z.string(),
  onBehalfOf: z.string().exactOptional(),
  reason: z.string().exactOptional().meta({ description: 'Made short; all of it is in the vote' }),
  votedAt: time,
  requestId: z.string(),
  expiresAt: time.exactOptional(),
});

const openApproval = z.object({
  to: state,
  needed: z.int(),
  missing: z.int(),
  roles: z.array(z.string()).meta({ description: 'Roles whose vote would count' }),
  votes: z.array(openVote).meta({ description: 'Votes that count, the oldest first' }),
});

/** An intent as its workflow sees it. */
export const intentDescription = z
  .object({
    id: uuid,
    organizationId: uuid,
    graph: z.string().meta({ examples: ['content-intent@1'] }),
    state,
    step: z.object({ number: z.int(), key: z.string(), label: z.string() }).nullable(),
    progress: z.number().meta({ description: 'From 0 (created) to 1 (ended)' }),
    terminal: z.boolean(),
    paused: z.boolean().meta({ description: 'Whether the clocks of its deadlines stand still' }),
    deadline: time.nullable().meta({ description: 'When the graph moves it out of its state' }),
    problem: z.string().nullable().meta({ description: 'Why the graph cannot be followed in this state' }),
    nextStates: z.array(state),
    approvals: z.array(openApproval),
    sequence: z.int().meta({ description: 'Transitions decided, the creation included' }),
    recordedSequence: z.int().meta({ description: 'Transitions that Postgres holds' }),
    mirrorLag: z.int(),
    auditHash: hash.nullable(),
    quarantined: z.string().nullable().meta({ description: 'Why Postgres refused an audit row of it' }),
  })
  .meta({ id: 'Intent' }) satisfies z.ZodType<IntentDescription>;

export const openApprovals = z.array(openApproval);

/** A row of intent_workflows, as lists show it. */
export const intentRow = z
  .object({
    id: uuid,
    organizationId: uuid,
    state,
    sequence: z.int(),
    auditHash: hash,
    graphName: z.string(),
    graphVersion: z.int(),
    firstGraphVersion: z.int().nullable(),
    title: z.string().nullable(),
    metadata: storedMetadata,
    createdBy: z.string().nullable(),
    createdAt: time,
    updatedAt: time,
    endedAt: time.nullable(),
  })
  .meta({ id: 'IntentRow' });

export function answerOfRow({ runId: _, ...row }: IntentRow): z.output<typeof intentRow> {
  return {
    ...row,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  };
}
