import { randomUUID } from 'node:crypto';

import { HttpIntentClient } from '../../http-client';
import { failed, judged, skipped } from '../check';
import { ROLLOUT_LIMITS } from '../limits';
import type { SmokeCheck } from './smoke';
import { SMOKE_TITLE } from './smoke-organization';

/** The same over the HTTP API: an intent is created, moved and cancelled, by a key of the test organization. */
export const httpApi: SmokeCheck = {
  name: 'http-api',
  title: 'The HTTP API creates, moves and cancels an intent',
  step: 'after 6',
  fix: 'See that the gateway runs: its /readyz says what it lacks. INTENT_API_URL and INTENT_API_KEY name it and a key.',
  async run({ api, organizationId }) {
    if (api === undefined) return skipped('INTENT_API_URL and INTENT_API_KEY are not set');
    const wait = { timeoutMs: ROLLOUT_LIMITS.outcomeMs };
    const intents = await HttpIntentClient.connect({ url: api.url, apiKey: api.key });
    const { id } = await intents.create({ title: SMOKE_TITLE, idempotencyKey: `smoke-${randomUUID()}` });
    try {
      const { organizationId: theirs, state, step } = await intents.describe(id, wait);
      if (theirs !== organizationId) {
        return failed(
          `the key is of the organization ${theirs}, where test intents have no place`,
          `Make one: intent keys create --organization ${organizationId} --name smoke --scope read --scope transition`,
        );
      }
      const outcome = await intents.transition(
        id,
        { to: 'ICP_PENDING', expectedState: 'CREATED', reason: 'smoke test' },
        wait,
      );
      const history = await intents.history(id);
      return judged(
        [
          ...(state === 'CREATED' && step?.number === 1
            ? []
            : [`it began in ${state}, at step ${step?.number ?? 'none'}`]),
          ...(outcome.status === 'applied'
            ? []
            : [`the move was rejected: ${outcome.code}, ${outcome.message}`]),
          ...(history.length === 2 ? [] : [`it has ${history.length} audit rows in the place of 2`]),
        ],
        `${api.url}: intent ${id} was created, moved and cancelled`,
        'Compare the logs of gateway and worker.',
      );
    } finally {
      await intents.cancel(id, { reason: 'the smoke test is over' }, wait);
    }
  },
};
