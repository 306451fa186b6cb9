import { z } from 'zod';

import { isIntentId, LIMITS, metadataSchema } from '../../intent';

/** Values that many schemas hold. What is read is checked by the schemas of src/intent; these add what OpenAPI shows. */
export const uuid = z.guid().meta({ description: 'UUID', format: 'uuid' });
export const time = z.iso.datetime().meta({ description: 'ISO 8601, UTC' });
export const state = z.string().meta({ description: 'A state of the graph', examples: ['ICP_PENDING'] });
export const hash = z.string().meta({ description: 'SHA-256 of the audit row, 64 hexadecimal digits' });

/** As it is read. */
export const metadata = metadataSchema.meta({
  type: 'object',
  additionalProperties: true,
  description: `JSON object, at most ${LIMITS.metadataBytes} bytes and ${LIMITS.metadataDepth} levels deep`,
});

/** As it is answered. */
export const storedMetadata = z.record(z.string(), z.unknown()).nullable();

export const intentPath = z.object({
  id: z.string().refine(isIntentId, { error: 'must be a UUID in lower case' }).meta({
    description: 'Id of the intent: a UUID in lower case',
    format: 'uuid',
    pattern: '^[0-9a-f-]{36}$',
  }),
});

/** Of requests that may wait. */
export const preferHeader = z
  .string()
  .optional()
  .meta({ description: 'wait=SECONDS waits for the outcome', examples: ['wait=5'] });
