import { approvalsFrom, type Graph } from '../graph';
import {
  parseIntentInput,
  RememberedOutcomes,
  WorkResults,
  type CarriedOutcomes,
  type Decision,
  type Intent,
  type Json,
  type MigrateRequest,
  type OpenVote,
} from '../intent';
import type { CarriedStay } from './drive';
import type { Recorded } from './record';

/** An intent between two runs: the second argument of the workflow. Plain JSON, versioned like a message. */
export interface CarriedIntent {
  version: 1;
  title?: string;
  organizationId: string;
  graph: Graph;
  state: string;
  sequence: number;
  rejections: number;
  received: number;
  outcomes: CarriedOutcomes;
  /** These are left out where they say nothing, as by versions before there was work. */
  entry?: number;
  graphSince?: number;
  migration?: MigrateRequest;
  paused?: true;
  results?: [state: string, result: Json][];
  undoable?: string[];
  /** In graphs that ask for it: whoever brought an intent to a state may not approve that it leaves it. */
  enteredBy?: string;
  votes?: number;
  openVotes?: readonly OpenVote[];
  stay?: CarriedStay;
  recorded: Recorded;
  /** Decided, but not known to be in Postgres. */
  unrecorded: Decision[];
}

/** Packs all that the next run must know. */
export function carryOver(
  intent: Intent,
  recorded: Recorded,
  unrecorded: Decision[],
  stay: CarriedStay | undefined,
): CarriedIntent {
  const { organizationId, title, graph, state, sequence, rejections, received, outcomes } = intent;
  const { entry, paused, undoable, enteredBy, votes, openVotes, graphSince, migration } = intent;
  const votedOn = approvalsFrom(graph, state).length > 0;
  const results = intent.results.toCarried();
  return {
    version: 1,
    ...(title !== undefined && { title }),
    organizationId,
    graph,
    state,
    sequence,
    rejections,
    received,
    outcomes: outcomes.toCarried(),
    ...(entry !== sequence && { entry }),
    ...(graphSince !== 1 && { graphSince }),
    ...(migration !== undefined && { migration }),
    ...(paused && { paused }),
    ...(results.length > 0 && { results }),
    ...(undoable.length > 0 && { undoable }),
    ...(votedOn && enteredBy !== undefined && { enteredBy }),
    ...(votes > 0 && { votes }),
    ...(openVotes.length > 0 && { openVotes }),
    ...(stay !== undefined && { stay }),
    recorded,
    unrecorded,
  };
}

/**
 * The opposite of {@link carryOver}.
 *
 * @param input of the first run, which every run is given
 */
export function restore(id: string, carried: CarriedIntent, input: unknown): Intent {
  const { organizationId, title, graph, state, sequence, rejections, received, outcomes } = carried;
  const { entry = sequence, paused = false, results = [], undoable = [] } = carried;
  const { enteredBy, votes = 0, openVotes = [], graphSince = 1, migration } = carried;
  const parsed = parseIntentInput(input);
  const { metadata, createdBy, generation = 0 } = parsed.valid ? parsed.input : {};
  return {
    id,
    organizationId,
    title,
    metadata,
    createdBy,
    generation,
    graph,
    graphSince,
    migration,
    state,
    sequence,
    entry,
    enteredBy,
    paused,
    rejections,
    votes,
    openVotes,
    received,
    outcomes: RememberedOutcomes.fromCarried(outcomes),
    results: WorkResults.fromCarried(results),
    undoable,
  };
}
