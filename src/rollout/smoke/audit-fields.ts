import { judged } from '../check';
import { INTENT_LANE, type SmokeCheck } from './smoke';
import { CREATED_BY } from './smoke-organization';

/** What every audit row must say. */
const REQUIRED = [
  'workflow_id',
  'organization_id',
  'sequence',
  'request_id',
  'new_state',
  'actor',
  'kind',
  'graph_version',
  'transitioned_at',
  'created_at',
  'hash',
];

/** Each required field of the audit row is there and is right, and its hash follows from it. */
export const auditFields: SmokeCheck = {
  name: 'audit-fields',
  title: 'Required audit fields present',
  step: 'after 3',
  lane: INTENT_LANE,
  async run({ servers, intent, organizationId }) {
    await intent.created();
    const { rows } = await servers.pool('engine').query<{ row: Record<string, unknown>; hashed: boolean }>(
      `SELECT to_jsonb(a) AS row, a.hash = intent_audit_hash(NULL, a) AS hashed
         FROM workflow_transition_audit a WHERE workflow_id = $1 AND sequence = 1`,
      [intent.id],
    );
    const found = rows[0];
    const row = found?.row ?? {};
    const missing = REQUIRED.filter((field) => row[field] === undefined || row[field] === null);
    return judged(
      [
        ...missing.map((field) => `${field} is missing`),
        ...(row['organization_id'] === organizationId
          ? []
          : [`organization_id is ${String(row['organization_id'])}`]),
        ...(row['actor'] === CREATED_BY ? [] : [`actor is ${String(row['actor'])}`]),
        ...(found?.hashed === true ? [] : ['the hash does not follow from the row']),
      ],
      `${REQUIRED.join(', ')}; the hash follows from them`,
      'See whether the triggers are in force: intent preflight, intent verify.',
    );
  },
};
