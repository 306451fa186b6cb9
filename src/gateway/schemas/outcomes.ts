import { z } from 'zod';

import { REJECTION_CODES, type Outcome, type RejectionCode } from '../../intent';
import { state, time } from './values';

const requestId = z.string();

export const appliedOutcome = z
  .object({
    status: z.literal('applied'),
    requestId,
    sequence: z.int().meta({ description: 'Position in the audit trail, from 1' }),
    previousState: state.nullable(),
    newState: state,
    transitionedAt: time,
  })
  .meta({ id: 'AppliedOutcome' });

export const votedOutcome = z
  .object({
    status: z.literal('voted'),
    requestId,
    to: state,
    votes: z.int().meta({ description: 'Votes that count for it, this one included' }),
    needed: z.int(),
    state,
  })
  .meta({ id: 'VotedOutcome' });

export const rejectedOutcome = z
  .object({
    status: z.literal('rejected'),
    requestId,
    code: z.enum(Object.keys(REJECTION_CODES) as [RejectionCode, ...RejectionCode[]]),
    message: z.string(),
    state,
  })
  .meta({ id: 'RejectedOutcome' });

export const outcome = z.union([appliedOutcome, votedOutcome, rejectedOutcome]) satisfies z.ZodType<Outcome>;
