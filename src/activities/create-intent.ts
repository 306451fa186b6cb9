import { randomUUID } from 'node:crypto';

import type { Pool } from 'pg';

import { createIntent as insertIntent } from '../database/create-intent';
import { formatGraphReference, initialState, parseGraphReference } from '../graph';
import { CREATION_REQUEST_ID, type DecidedTransition } from '../intent';
import type { CreatedIntent, CreateIntentRequest } from '../workflows/activities';
import { toFailure } from './failures';
import type { RecordingTelemetry } from './recording-telemetry';

/** Creates the intent's row and first audit row, once, and returns the graph that it was created with. */
export async function createIntent(
  pool: Pool,
  telemetry: RecordingTelemetry,
  { graph, ...intent }: CreateIntentRequest,
): Promise<CreatedIntent> {
  const parsed = parseGraphReference(graph);
  if (!parsed.ok) throw new Error(parsed.message);
  const { name: graphName, version: graphVersion } = parsed.reference;
  // What is stored counts: an intent that has another salt was created before.
  const personalSalt = randomUUID();
  try {
    const { created } = await telemetry.measure({ id: intent.id, outcomes: 1 }, async () => {
      const stored = await insertIntent(pool, {
        ...intent,
        graphName,
        graphVersion,
        personalSalt,
        keepsVersion: true,
      });
      const isNew = stored.personalSalt === personalSalt;
      return {
        created: stored,
        written: isNew ? [creation(stored)] : [],
        graph: formatGraphReference(stored.graph),
      };
    });
    return created;
  } catch (error) {
    throw toFailure(error);
  }
}

function creation({ graph, transitionedAt }: CreatedIntent): DecidedTransition {
  return {
    status: 'applied',
    sequence: 1,
    requestId: CREATION_REQUEST_ID,
    previousState: null,
    newState: initialState(graph),
    transitionedAt,
    graphVersion: graph.version,
  };
}
