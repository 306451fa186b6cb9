import { DefaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';

import { unreadable } from '../intent';

/**
 * Reads every payload, also one that is broken: an error while reading a signal would fail the workflow task, and
 * with it the intent, for as long as the signal stands in history. What can't be read becomes an
 * `INVALID_REQUEST` outcome.
 */
class LenientPayloadConverter extends DefaultPayloadConverter implements PayloadConverter {
  override fromPayload<T>(payload: Payload): T {
    try {
      return super.fromPayload<T>(payload);
    } catch (error) {
      return unreadable(`payload: can't be read (${(error as Error).message})`) as T;
    }
  }
}

export const payloadConverter = new LenientPayloadConverter();
