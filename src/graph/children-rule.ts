import { z } from 'zod';

import { expressionSchema } from './expression-schema';
import { graphReferenceSchema } from './graph-reference';
import { GRAPH_LIMITS } from './limits';
import { countSchema, stateSchema } from './name-schemas';

export const childrenSchema = z
  .strictObject({
    graph: graphReferenceSchema.describe(
      'The graph of the children: `name@version`, or `name` for its newest version.',
    ),
    items: expressionSchema.describe('A list; each of its items is the metadata of one child.'),
    until: z
      .union([z.literal('all'), z.literal('any'), countSchema(GRAPH_LIMITS.children)], {
        error: `must be \`all\`, \`any\` or a whole number from 1 to ${GRAPH_LIMITS.children}`,
      })
      .describe('How many children must end before the intent moves on.'),
    counts: z
      .array(stateSchema)
      .min(1, { error: 'must name a state, or be left out' })
      .optional()
      .describe('End states of a child that count; all of them if absent.'),
    done: stateSchema.describe('The state that follows when enough have ended.'),
    failed: stateSchema
      .optional()
      .describe('The state that follows when `until` cannot be reached any more.'),
    others: z
      .enum(['cancel', 'leave'], { error: 'must be `cancel` or `leave`' })
      .optional()
      .describe('What happens to children that still run when the intent moves on; `cancel` if absent.'),
  })
  .describe('Intents that are started when the state is entered, one an item.');

/** Intents that are started when the state is entered. */
export interface ChildrenRule<State extends string = string> extends Readonly<
  Omit<z.output<typeof childrenSchema>, 'counts' | 'done' | 'failed'>
> {
  /** States of the children's graph. */
  readonly counts?: readonly string[] | undefined;
  readonly done: State;
  readonly failed?: State | undefined;
}
