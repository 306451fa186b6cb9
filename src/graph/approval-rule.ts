import { z } from 'zod';

import { durationSchema } from './activity-rule';
import { GRAPH_LIMITS } from './limits';
import { countSchema, stateSchema, textSchema } from './name-schemas';

export const approvalSchema = z
  .strictObject({
    from: stateSchema,
    to: stateSchema,
    count: countSchema(GRAPH_LIMITS.votes).describe('How many people must approve.'),
    roles: z
      .array(textSchema(GRAPH_LIMITS.roleLength))
      .min(1, { error: 'must name a role' })
      .max(GRAPH_LIMITS.roles, { error: `must have at most ${GRAPH_LIMITS.roles} roles` })
      .describe('Roles that may approve.'),
    distinctRoles: z.boolean().optional().describe('Whether each role counts at most once; false if absent.'),
    delegation: z
      .boolean()
      .optional()
      .describe('Whether somebody may approve on behalf of another; false if absent.'),
    expireAfter: durationSchema.optional().describe('How long an approval counts; without end if absent.'),
    reason: z.boolean().optional().describe('Whether each approval needs a reason; false if absent.'),
    selfApproval: z
      .boolean()
      .optional()
      .describe('Whether who created the intent may approve; false if absent.'),
  })
  .describe('A transition that needs approvals.');

/** A transition that needs approvals. */
export interface ApprovalRule<State extends string = string> extends Readonly<
  Omit<z.output<typeof approvalSchema>, 'from' | 'to' | 'roles'>
> {
  readonly from: State;
  readonly to: State;
  readonly roles: readonly string[];
}
