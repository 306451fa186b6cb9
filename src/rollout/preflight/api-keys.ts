import { listApiKeys } from '../../database/api-keys/list-api-keys';
import { judged } from '../check';
import type { PreflightCheck } from './preflight';

/** The text of a key, as `intent keys create` prints it. */
const KEY_TEXT = 'intent_[a-z0-9]{12}_[A-Za-z0-9_-]{43}';

/** Keys are kept as hashes alone, which nobody reads who need not, and do not last for ever. */
export const apiKeys: PreflightCheck = {
  name: 'api-keys',
  title: 'API keys secure',
  step: 'before 11',
  fix: 'Run it with OWNER_DATABASE_URL: the keys are shown to the owner alone.',
  async run({ servers, options, now }) {
    const pool = servers.pool('owner');
    const [keys, leaked, readers, hashed] = await Promise.all([
      listApiKeys(pool),
      pool.query<{ what: string }>(
        `SELECT 'the key ' || id AS what FROM intent_api_keys k WHERE to_jsonb(k)::text ~ $1
         UNION ALL
         SELECT 'the record ' || number || ' of the key ' || key_id FROM intent_api_key_events e WHERE to_jsonb(e)::text ~ $1`,
        [KEY_TEXT],
      ),
      // A superuser may read all, and so may the owner; of the others, the gateway alone compares hashes.
      pool.query<{ role: string }>(
        `SELECT rolname::text AS role FROM pg_roles r
          WHERE has_column_privilege(r.oid, 'intent_api_keys', 'secret_hash', 'SELECT') AND NOT r.rolsuper
            AND NOT pg_has_role(r.oid, 'intent_gateway', 'MEMBER')
            AND NOT pg_has_role(r.oid, (SELECT relowner FROM pg_class WHERE oid = 'intent_api_keys'::regclass), 'MEMBER')
            AND r.rolname <> 'pg_read_all_data' AND NOT pg_has_role(r.oid, 'pg_read_all_data', 'MEMBER')
          ORDER BY 1`,
      ),
      pool.query<{ hashed: boolean }>(
        `SELECT EXISTS (SELECT FROM pg_constraint WHERE conrelid = 'intent_api_keys'::regclass AND contype = 'c'
                           AND convalidated AND pg_get_constraintdef(oid) LIKE '%octet_length(secret_hash) = 32%') AS hashed`,
      ),
    ]);
    const old = keys.filter(
      ({ expiresAt, createdAt }) =>
        expiresAt === null && now.getTime() - createdAt.getTime() > options.keyMaxAgeMs,
    );
    return judged(
      [
        ...leaked.rows.map(
          ({ what }) => `${what} holds the text of a key, in a column for people: revoke that key`,
        ),
        ...readers.rows.map(({ role }) => `the role ${role} may read the hashes of keys`),
        ...(hashed.rows[0]?.hashed === true
          ? []
          : ['the rule that a key is kept as a hash of 32 bytes is missing']),
      ],
      `${keys.length} keys, kept as hashes that only the gateway and the owner may read`,
      'Take the privilege away: REVOKE SELECT ON intent_api_keys FROM ROLE; revoke keys that have leaked with intent keys revoke.',
      old.map(
        ({ id, name, createdAt }) =>
          `the key ${id} (${name}) is of ${createdAt.toISOString().slice(0, 10)} and has no end: intent keys rotate ${id}`,
      ),
    );
  },
};
