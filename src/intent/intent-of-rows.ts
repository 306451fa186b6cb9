import type { Graph } from '../graph';
import { apply } from './apply';
import type { DecidedTransition } from './decision';
import type { Intent } from './intent';
import type { Metadata } from './metadata';
import type { MoveKind } from './move-kinds';
import { RememberedOutcomes, type RememberedRejection } from './remembered-outcomes';
import { WorkResults } from './work-results';

/** What an audit row says of how its intent went on. */
export interface StoredMove {
  sequence: number;
  requestId: string;
  previousState: string | null;
  newState: string;
  /** ISO 8601, UTC */
  transitionedAt: string;
  kind: MoveKind;
  graphVersion: number | null;
  actor: string | null;
  /** Of work and undo only: what it gave, and what was undone. */
  metadata: Metadata | null;
}

/** What Postgres holds of an intent, as far as its workflow has to know it. */
export interface StoredTrail {
  /** All of them, oldest first. */
  moves: readonly StoredMove[];
  /** The versions of its graph that it has followed. */
  graphs: ReadonlyMap<number, Graph>;
  /** That it was created with. */
  firstVersion: number;
  /** The newest of what moved nothing, oldest first. */
  refused: readonly RememberedRejection[];
  rejections: number;
  votes: number;
}

/**
 * An intent as its rows tell it, by the same steps that its workflow took it through. That is all of it only where it
 * rests in a state in which nothing is under way, no vote and no deadline.
 *
 * @throws RangeError when a graph is not given that its rows name
 */
export function intentOfRows(
  identity: Pick<Intent, 'id' | 'organizationId' | 'title' | 'metadata' | 'createdBy' | 'generation'>,
  { moves, graphs, firstVersion, refused, rejections, votes }: StoredTrail,
): Intent {
  const graphOf = (version: number | null): Graph => {
    const graph = graphs.get(version ?? firstVersion);
    if (graph === undefined) throw new RangeError(`The version ${version} of the graph is not given.`);
    return graph;
  };
  const intent: Intent = {
    ...identity,
    graph: graphOf(firstVersion),
    graphSince: 1,
    migration: undefined,
    state: '',
    sequence: 0,
    entry: 1,
    enteredBy: undefined,
    paused: false,
    rejections,
    votes,
    openVotes: [],
    received: rejections,
    outcomes: RememberedOutcomes.fromCarried({ transitions: [], rejections: [...refused] }),
    results: new WorkResults(),
    undoable: [],
  };
  for (const move of moves) {
    apply(
      intent,
      decisionOf(move),
      move.kind === 'migration' ? { graph: graphOf(move.graphVersion) } : undefined,
    );
    // While its workflow undoes, it takes them away one by one.
    if (move.kind === 'undo') {
      const undone = (move.metadata?.['undone'] ?? []) as string[];
      intent.undoable = intent.undoable.filter((state) => !undone.includes(state));
    }
  }
  return intent;
}

function decisionOf({
  kind,
  actor,
  metadata,
  graphVersion: _graphVersion,
  ...move
}: StoredMove): DecidedTransition {
  return {
    ...move,
    status: 'applied',
    ...(kind !== 'transition' && { kind }),
    ...(actor !== null && { actor }),
    ...(metadata !== null && { metadata }),
  };
}
