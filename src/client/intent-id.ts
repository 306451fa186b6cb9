import { createHash, randomUUID } from 'node:crypto';

/**
 * The id of a new intent: random, or derived from the caller's own key, so that creating twice with one key is
 * creating once. The organization is the UUIDv5 namespace: keys of two tenants never meet.
 *
 * @example
 * newIntentId('2b0c…', 'order-17') // always the same UUID
 */
export function newIntentId(organizationId: string, idempotencyKey?: string): string {
  return idempotencyKey === undefined ? randomUUID() : uuidV5(organizationId, idempotencyKey);
}

/** RFC 9562, section 5.5. */
function uuidV5(namespace: string, name: string): string {
  const bytes = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest()
    .subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
