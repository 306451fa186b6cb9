import { readIntents } from '../../database/read-intents';
import { judged, passed } from '../check';
import { INTENT_LANE, type SmokeCheck } from './smoke';

/** Cancels the test intent. Its rows stay: the audit trail is append-only for everybody. */
export const cleanUp: SmokeCheck = {
  name: 'clean-up',
  title: 'The test intent is cancelled',
  step: 'after 7',
  lane: INTENT_LANE,
  always: true,
  fix: 'The next smoke ends it, when it is ten minutes old; or intent cancel.',
  async run({ servers, intent }) {
    if (!(await intent.cancel())) return passed('there was nothing to take back');
    const [row] = await readIntents(servers.pool('engine'), [intent.id]);
    return judged(
      row?.endedAt ? [] : [`intent ${intent.id} is in ${row?.state ?? 'no row'}`],
      `intent ${intent.id} is ${row?.state}; its ${row?.sequence} audit rows stay, as all do`,
      'The next smoke ends it, when it is ten minutes old; or intent cancel.',
    );
  },
};
