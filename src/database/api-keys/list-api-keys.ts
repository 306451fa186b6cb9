import type { Queryable } from '../queryable';
import { API_KEY_COLUMNS, type ApiKey } from './api-key';

/** Keys of one organization, or of all, oldest first. */
export async function listApiKeys(
  database: Queryable,
  {
    organizationId,
    ended = false,
  }: { organizationId?: string | undefined; ended?: boolean | undefined } = {},
): Promise<ApiKey[]> {
  const { rows } = await database.query<ApiKey>(
    `SELECT ${API_KEY_COLUMNS} FROM intent_api_keys
      WHERE ($1::uuid IS NULL OR organization_id = $1)
        AND ($2 OR (revoked_at IS NULL AND (expires_at IS NULL OR expires_at > clock_timestamp())))
      ORDER BY created_at, id`,
    [organizationId ?? null, ended],
  );
  return rows;
}
