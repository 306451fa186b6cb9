import type { DecidingIntent } from './deciding-intent';
import { reject, type Verdict } from './verdict';

/** What a sender may expect of an intent. */
export interface Expectation {
  expectedState?: string | undefined;
  expectedSequence?: number | undefined;
}

/**
 * Makes a request conditional: refuses it where the intent is not in the state that its sender expects, or not at the
 * sequence. The state may be the same after a self edge or a way round; the sequence never is.
 */
export function unmetExpectation(
  { state, sequence }: DecidingIntent,
  { expectedState, expectedSequence }: Expectation,
): Verdict | undefined {
  if (expectedState !== undefined && expectedState !== state) {
    return reject('STATE_CONFLICT', `The intent is in ${state}, not in the expected ${expectedState}.`);
  }
  if (expectedSequence !== undefined && expectedSequence !== sequence) {
    return reject(
      'STATE_CONFLICT',
      `The intent is at sequence ${sequence}, not at the expected ${expectedSequence}.`,
    );
  }
  return undefined;
}
