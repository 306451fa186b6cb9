import { formatGraphReference, isTerminal, nextStates, progressOf, stepOf } from '../graph';
import type { Intent } from './intent';

/** Answer of the query `describe`. */
export interface IntentDescription {
  id: string;
  organizationId: string;
  /** `name@version` */
  graph: string;
  state: string;
  /** The step that the state belongs to; `null` for a terminal state. */
  step: { number: number; key: string; label: string } | null;
  /** From 0 (created) to 1 (ended). */
  progress: number;
  terminal: boolean;
  /** Whether the clocks of its deadlines stand still. */
  paused: boolean;
  /** When the graph moves it out of its state, ISO 8601, UTC; `null` where it does not, and while the clock stands still. */
  deadline: string | null;
  /** Why the graph can't be followed in this state, or `null`: people have to move the intent. */
  problem: string | null;
  /** States that a transition may ask for now. */
  nextStates: string[];
  /** Transitions decided, the creation included. */
  sequence: number;
  /** Transitions that Postgres holds. */
  recordedSequence: number;
  /** Transitions decided that Postgres does not hold yet. */
  mirrorLag: number;
  /** Hash of the last recorded audit row, as 64 hexadecimal digits; `null` before the first. */
  auditHash: string | null;
  /** Why Postgres refused an audit row of this intent, or `null`. */
  quarantined: string | null;
}

/** What the graph does with the intent in its state. */
export interface DrivenPart {
  deadline: string | null;
  problem: string | null;
}

export interface RecordedPart {
  recordedSequence: number;
  auditHash: string | null;
  quarantined: string | null;
}

/** Describes the intent for people and programs; step, progress and next states are derived from its graph. */
export function describeIntent(
  intent: Pick<Intent, 'id' | 'organizationId' | 'graph' | 'state' | 'sequence' | 'paused'>,
  recorded: RecordedPart,
  driven: DrivenPart = { deadline: null, problem: null },
): IntentDescription {
  const { graph, state } = intent;
  const step = stepOf(graph, state);
  return {
    id: intent.id,
    organizationId: intent.organizationId,
    graph: formatGraphReference(graph),
    state,
    step: step === undefined ? null : { number: step.number, key: step.key, label: step.label },
    progress: progressOf(graph, state),
    terminal: isTerminal(graph, state),
    paused: intent.paused,
    deadline: driven.deadline,
    problem: driven.problem,
    nextStates: [...nextStates(graph, state)],
    sequence: intent.sequence,
    recordedSequence: recorded.recordedSequence,
    mirrorLag: intent.sequence - recorded.recordedSequence,
    auditHash: recorded.auditHash,
    quarantined: recorded.quarantined,
  };
}
