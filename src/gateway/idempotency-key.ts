/**
 * The key that `Idempotency-Key` names: bare, as most send it, or in quotes, as the IETF's draft has it.
 *
 * @example
 * idempotencyKeyOf('"order-17"') // 'order-17'
 */
export function idempotencyKeyOf(header: string | undefined): string | undefined {
  return /^"(.*)"$/s.exec(header ?? '')?.[1] ?? header;
}
