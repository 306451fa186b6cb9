import type { DecidingIntent } from './deciding-intent';
import { reject, type Verdict } from './verdict';

/** Makes a request conditional: refuses it where the intent is not in the state that its sender expects. */
export function unexpectedState(
  { state }: DecidingIntent,
  { expectedState }: { expectedState?: string | undefined },
): Verdict | undefined {
  if (expectedState === undefined || expectedState === state) return undefined;
  return reject('STATE_CONFLICT', `The intent is in ${state}, not in the expected ${expectedState}.`);
}
