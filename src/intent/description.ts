import { approvalOf, formatGraphReference, isTerminal, nextStates, progressOf, stepOf } from '../graph';
import { rolesLeft, votesFor } from './decide-approval';
import type { Intent } from './intent';
import type { OpenVote } from './vote';

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
  /** For each of them that needs votes: which count, and what is missing. */
  approvals: OpenApproval[];
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

/** How far a state that is voted on has come. */
export interface OpenApproval {
  to: string;
  needed: number;
  /** Votes that count, the oldest first. */
  votes: Omit<OpenVote, 'to'>[];
  missing: number;
  /** Roles whose vote would count. */
  roles: string[];
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
  intent: Pick<Intent, 'id' | 'organizationId' | 'graph' | 'state' | 'sequence' | 'paused' | 'openVotes'>,
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
    approvals: nextStates(graph, state).flatMap((to) => openApproval(intent, to)),
    sequence: intent.sequence,
    recordedSequence: recorded.recordedSequence,
    mirrorLag: intent.sequence - recorded.recordedSequence,
    auditHash: recorded.auditHash,
    quarantined: recorded.quarantined,
  };
}

function openApproval(
  { graph, state, openVotes }: Pick<Intent, 'graph' | 'state' | 'openVotes'>,
  to: string,
): OpenApproval[] {
  const rule = approvalOf(graph, state, to);
  if (rule === undefined) return [];
  const counted = votesFor(openVotes, to);
  return [
    {
      to,
      needed: rule.count,
      votes: counted.map(({ to: _to, ...vote }) => vote),
      missing: rule.count - counted.length,
      roles: rolesLeft(rule, counted),
    },
  ];
}
