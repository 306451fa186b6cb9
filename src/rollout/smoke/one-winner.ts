import { randomUUID } from 'node:crypto';

import { judged } from '../check';
import { ROLLOUT_LIMITS } from '../limits';
import { INTENT_LANE, type SmokeCheck } from './smoke';
import { CREATED_BY } from './smoke-organization';

/** Of requests that are sent at the same time for one move, one is applied, and it alone has an audit row. */
export const oneWinner: SmokeCheck = {
  name: 'one-winner',
  title: '5 concurrent requests give 1 winner and 1 audit row',
  step: 'after 4',
  lane: INTENT_LANE,
  async run({ servers, intent }) {
    const intents = await intent.created();
    const ids = Array.from({ length: ROLLOUT_LIMITS.concurrentRequests }, () => randomUUID());
    const outcomes = await Promise.all(
      ids.map((requestId) =>
        intents.transition(
          intent.id,
          { to: 'ICP_PENDING', requestId, expectedState: 'CREATED', actor: CREATED_BY, reason: 'smoke test' },
          { timeoutMs: ROLLOUT_LIMITS.outcomeMs },
        ),
      ),
    );
    const { rows } = await servers.pool('engine').query<{ audit: number; rejected: number }>(
      `SELECT (SELECT count(*) FROM workflow_transition_audit WHERE workflow_id = $1 AND request_id = ANY ($2))::integer AS audit,
              (SELECT count(*) FROM workflow_transition_rejections WHERE workflow_id = $1 AND request_id = ANY ($2))::integer AS rejected`,
      [intent.id, ids],
    );
    const { audit = 0, rejected = 0 } = rows[0] ?? {};
    const winners = outcomes.filter(({ status }) => status === 'applied').length;
    const losers = ids.length - 1;
    const saw = `${ids.length} requests: ${winners} applied, ${outcomes.length - winners} rejected; ${audit} audit row, ${rejected} rejections`;
    return judged(
      winners === 1 && audit === 1 && rejected === losers ? [] : [saw],
      saw,
      'This must not happen. Keep the database as it is, and compare: intent verify',
    );
  },
};
