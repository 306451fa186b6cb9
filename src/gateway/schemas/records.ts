import { z } from 'zod';

import type { VoteRow } from '../../database/read-votes';
import { MOVE_KINDS, type AuditRow, type MoveKind } from '../../intent';
import { hash, state, storedMetadata, time } from './values';

/** A row of the audit trail. */
export const transitionRow = z
  .object({
    sequence: z.int(),
    requestId: z.string(),
    previousState: state.nullable(),
    newState: state,
    kind: z
      .enum(Object.keys(MOVE_KINDS) as [MoveKind, ...MoveKind[]])
      .meta({ description: 'What moved the intent' }),
    reason: z.string().nullable(),
    actor: z.string().nullable(),
    metadata: storedMetadata,
    graphVersion: z.int().nullable(),
    transitionedAt: time,
    createdAt: time,
    hash,
  })
  .meta({ id: 'Transition' });

export function answerOfTransition(row: AuditRow): z.output<typeof transitionRow> {
  return { ...row, transitionedAt: row.transitionedAt.toISOString(), createdAt: row.createdAt.toISOString() };
}

/** A row of the votes. */
export const voteRow = z
  .object({
    number: z.int(),
    kind: z.enum(['cast', 'expired']),
    requestId: z.string(),
    entry: z.int().meta({ description: 'Sequence of the transition that began the stay that it counts for' }),
    fromState: state,
    toState: state,
    graphVersion: z.int(),
    role: z.string(),
    actor: z.string().nullable(),
    onBehalfOf: z.string().nullable(),
    reason: z.string().nullable(),
    metadata: storedMetadata,
    expires: z.int().nullable().meta({ description: 'Number of the vote that no longer counts' }),
    votes: z.int(),
    needed: z.int(),
    votedAt: time,
  })
  .meta({ id: 'Vote' });

export function answerOfVote(row: VoteRow): z.output<typeof voteRow> {
  return { ...row, votedAt: row.votedAt.toISOString() };
}
