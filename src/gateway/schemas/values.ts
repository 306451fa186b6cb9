import { z } from 'zod';

import { isIntentId, LIMITS, metadataSchema, occurredAtSchema } from '../../intent';

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

/** @param of whose id it is */
export const idInPath = (of: string) =>
  z.object({
    id: z
      .string()
      .refine(isIntentId, { error: 'must be a UUID in lower case' })
      .meta({
        description: `Id of the ${of}: a UUID in lower case`,
        format: 'uuid',
        pattern: '^[0-9a-f-]{36}$',
      }),
  });

export const intentPath = idInPath('intent');

/** Of requests that may wait. */
export const preferHeader = z
  .string()
  .optional()
  .meta({ description: 'wait=SECONDS waits for the outcome', examples: ['wait=5'] });

/** In a path or a query, and no larger than Postgres's integer. The document says what is behind the conversion from text. */
export const wholeNumber = (least: number) =>
  z.coerce
    .number()
    .pipe(z.int32().min(least))
    .meta({ type: 'integer', minimum: least, maximum: 2 ** 31 - 1 });

/** How many rows of a page a query asks for. */
export const pageLimit = (usual: number, most: number) =>
  z.coerce.number().int().min(1).max(most).default(usual);

/** What the schemas of src/intent and src/graph refuse in words, said as a pattern. */
export const GRAPH_REFERENCE = {
  pattern: '^(?=[a-z0-9-]{1,63}(@|$))[a-z][a-z0-9]*(-[a-z0-9]+)*(@[1-9][0-9]{0,8})?$',
  maxLength: 73,
};
export const GRAPH_AND_VERSION = { pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*@[1-9][0-9]{0,8}$', maxLength: 73 };
export const INTENT_ETAG = { pattern: '^([*]|"[1-9][0-9]{0,8}(-[0-9a-f]{12})?")?$' };

export const occurredAt = occurredAtSchema.meta({
  description: 'ISO 8601 with an offset, in the years 1900 to 9998',
  pattern:
    '^(19[0-9]{2}|[2-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])' +
    'T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]+)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$',
});
