import { proxySinks, type Sinks } from '@temporalio/workflow';

import type { Graph } from '../graph';
import type { DecidedRejection, DecidedTransition, ParsedIntentInput, Vote } from '../intent';
import type { Recorded } from './record';

/** An audit row as the workflow knows that Postgres stored it. */
export type WitnessedTransition = Omit<DecidedTransition, 'vote'> & { hash: string };

/** What an intent was created with. */
type CreationDetails = Omit<ParsedIntentInput, 'occurredAt' | 'graph' | 'generation'> & {
  parentId?: string;
};

/**
 * What the workflow knows of Postgres, told while it runs or replays. A worker drops it; whoever verifies replays the
 * history and listens. It is no command, so it costs no history.
 */
export interface AuditSink extends Sinks {
  audit: {
    created(details: CreationDetails, graph: Graph, personalSalt: string | null): void;
    /** From then on the intent follows this version of its graph. */
    migrated(graph: Graph): void;
    /** At the start of a run that was continued as new: how far Postgres was known to be. */
    continued(recorded: Recorded): void;
    /** @param votes left out where there are none */
    recorded(transitions: WitnessedTransition[], rejections: DecidedRejection[], votes?: Vote[]): void;
  };
}

export const auditSink = () => proxySinks<AuditSink>().audit;
