import { judged } from '../check';
import { ROLLOUT_LIMITS } from '../limits';
import { messageOf } from '../run-checks';
import type { SmokeCheck } from './smoke';
import { CREATED_BY, SMOKE_TITLE } from './smoke-organization';
import { cancelTestIntent } from './test-intent';

/**
 * Ends test intents that a smoke which was killed has left. That of one which runs now is younger than any that is left: its
 * age is told by the clock of Postgres alone.
 */
export const leftovers: SmokeCheck = {
  name: 'leftovers',
  title: 'Test intents of earlier runs are ended',
  step: 'after 1',
  async run({ servers, organizationId, leftoverMs }) {
    const { rows } = await servers.pool('engine').query<{ id: string }>(
      `SELECT id FROM intent_workflows
        WHERE organization_id = $1 AND title = $2 AND created_by = $3 AND ended_at IS NULL
          AND created_at < clock_timestamp() - $4 * interval '1 millisecond'
        ORDER BY created_at LIMIT $5`,
      [organizationId, SMOKE_TITLE, CREATED_BY, leftoverMs, ROLLOUT_LIMITS.leftovers],
    );
    const problems: string[] = [];
    const intents = await servers.intents();
    for (const { id } of rows) {
      try {
        await cancelTestIntent(intents, id, 'left by a smoke test that was killed');
      } catch (error) {
        problems.push(`intent ${id} could not be ended: ${messageOf(error)}`);
      }
    }
    return judged(
      problems,
      `${rows.length} were left, and are ended`,
      'See that a worker runs, and run it again; or cancel them with intent cancel.',
    );
  },
};
