import { readHistory } from '../../database/read-history';
import { CREATION_REQUEST_ID } from '../../intent';
import { judged } from '../check';
import { INTENT_LANE, type SmokeCheck } from './smoke';

/** A new intent is at step 1, in CREATED, and has its audit row. */
export const firstStep: SmokeCheck = {
  name: 'first-step',
  title: 'A test intent starts at step 1 in CREATED with its audit row',
  step: 'after 2',
  lane: INTENT_LANE,
  fix: 'See that a worker runs and reaches Postgres: intent describe shows what the workflow says, its log what fails.',
  async run({ servers, intent }) {
    const intents = await intent.created();
    const { state, step, sequence } = await intents.describe(intent.id);
    const rows = await readHistory(servers.pool('engine'), intent.id);
    const [row] = rows;
    return judged(
      [
        ...(state === 'CREATED' ? [] : [`its state is ${state}`]),
        ...(step?.number === 1 ? [] : [`its step is ${step?.number ?? 'none'}`]),
        ...(sequence === 1 && rows.length === 1
          ? []
          : [`it has ${rows.length} audit rows at sequence ${sequence}`]),
        ...(row?.previousState === null && row.newState === 'CREATED' && row.requestId === CREATION_REQUEST_ID
          ? []
          : [`its audit row leads from ${row?.previousState ?? 'nothing'} to ${row?.newState ?? 'nothing'}`]),
      ],
      `intent ${intent.id}: step ${step?.number}, ${state}, audit row 1 from nothing to ${row?.newState}`,
      'Compare with Temporal: intent verify ID. Another worker may answer this task queue.',
    );
  },
};
