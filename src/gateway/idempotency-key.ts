import { z } from 'zod';

/**
 * The header `Idempotency-Key`: bare, as most send it, or in quotes, as the IETF's draft has it. What is read is the key
 * itself.
 *
 * @param key what it must be
 * @param most characters that it may have
 * @example
 * idempotencyKey(z.string().min(1).max(512), 512).parse('"order-17"') // 'order-17'
 */
export function idempotencyKey(key: z.ZodType<string, string>, most: number) {
  return z
    .string()
    .transform((header) => /^"(.*)"$/s.exec(header)?.[1] ?? header)
    .pipe(key)
    .optional()
    .meta({ minLength: 1, maxLength: most + 2, pattern: `^(?!""$)(".{1,${most}}"|.{1,${most}})$` });
}
