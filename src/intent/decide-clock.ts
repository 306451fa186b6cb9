import type { DecidingIntent } from './deciding-intent';
import { unmetExpectation } from './unmet-expectation';
import type { PauseRequest, ResumeRequest } from './request';
import { reject, type Verdict } from './verdict';

/** Judges a request to stop the clocks of an intent, or to let them go on. Its state stays. */
export function decideClock(intent: DecidingIntent, request: PauseRequest | ResumeRequest): Verdict {
  const conflict = unmetExpectation(intent, request);
  if (conflict !== undefined) return conflict;
  const pausing = request.kind === 'pause';
  if (intent.paused === pausing) {
    return reject('ALREADY_IN_STATE', `The intent is ${pausing ? 'paused already' : 'not paused'}.`);
  }
  return { status: 'applied', newState: intent.state, kind: request.kind };
}
