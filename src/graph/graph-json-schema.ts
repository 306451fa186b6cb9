import { z } from 'zod';

import { graphSchema } from './graph';

/**
 * JSON Schema (draft 7, which every editor reads) of a graph file. The copy in `schema/graph.schema.json` is what
 * graph files name in `$schema`. It knows the form only; `validateGraph` judges the rest.
 */
export function graphJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(graphSchema, { target: 'draft-7', io: 'input' });
}
