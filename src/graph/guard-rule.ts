import { z } from 'zod';

import { expressionSchema } from './expression-schema';
import { GRAPH_LIMITS } from './limits';
import { graphNameSchema, stateSchema, textSchema } from './name-schemas';

export const guardSchema = z
  .strictObject({
    name: graphNameSchema.describe('In kebab-case, unique in the graph; refusals name it.'),
    from: stateSchema.optional().describe('Absent: from every state that leads to `to`.'),
    to: stateSchema,
    when: expressionSchema.describe('The transition is refused unless this is true.'),
    because: textSchema(GRAPH_LIMITS.becauseLength).describe('What people read when it is refused.'),
  })
  .describe('A transition that needs a condition.');

/** A transition that needs a condition; without `from`, every transition to `to` does. */
export interface GuardRule<State extends string = string> {
  readonly name: string;
  readonly from?: State | undefined;
  readonly to: State;
  readonly when: string;
  readonly because: string;
}
