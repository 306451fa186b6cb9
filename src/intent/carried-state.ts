import { approvalsFrom, type Graph } from '../graph';
import type { Intent } from './intent';
import { parseIntentInput } from './intent-input';
import type { Json } from './metadata';
import { RememberedOutcomes, type CarriedOutcomes } from './remembered-outcomes';
import type { MigrateRequest } from './request';
import type { OpenVote } from './vote';
import { WorkResults } from './work-results';

/** What an intent is and remembers, but for what its input says. Plain JSON, versioned like a message. */
export interface CarriedState {
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
}

/** Packs an intent for another run of its workflow. */
export function carryState(intent: Intent): CarriedState {
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
  };
}

/**
 * The opposite of {@link carryState}.
 *
 * @param input of the first run, which every run is given
 */
export function restoreState(id: string, carried: CarriedState, input: unknown): Intent {
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
