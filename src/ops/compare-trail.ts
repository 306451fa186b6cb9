import { canonicalJson } from '../database/canonical-json';
import { graphFingerprint } from '../database/graph-fingerprint';
import type { IntentRow } from '../database/read-intents';
import type { RejectionRow } from '../database/read-rejections';
import type { VoteRow } from '../database/read-votes';
import type { AuditRow, DecidedRejection, Vote } from '../intent';
import { formatGraphReference, type Graph } from '../graph';
import type { WitnessedTransition } from '../workflows/audit-sink';
import { erasureIncomplete, type Finding, type FindingCode } from './findings';
import { OPS_LIMITS } from './limits';
import type { WitnessedIntent } from './replay-intent';

/** What Postgres holds of an intent. */
export interface StoredIntent {
  intent: IntentRow;
  audit: readonly AuditRow[];
  rejections: readonly RejectionRow[];
  votes: readonly VoteRow[];
  /** What its rows said about people is gone: the hashes still stand for it. */
  erased: boolean;
  /** Of graphs as they are registered now, by reference; none of one that is not registered. */
  graphFingerprints: ReadonlyMap<string, string | undefined>;
}

/** The versions of its graph that an intent has followed, as far as Temporal knows them. */
export function graphsOf({ created, migrated }: WitnessedIntent): Graph[] {
  return [...(created === undefined ? [] : [created.graph]), ...migrated];
}

/** Compares what Postgres holds with what Temporal witnesses, row by row and both ways. Pure. */
export function compareTrail(stored: StoredIntent, witnessed: WitnessedIntent): Finding[] {
  const { id: intentId, organizationId } = stored.intent;
  const finding = (code: FindingCode, detail: string, sequence?: number): Finding => ({
    code,
    intentId,
    organizationId,
    ...(sequence !== undefined && { sequence }),
    detail,
  });
  return [
    ...compareErasure(stored),
    ...compareCreation(stored, witnessed, finding),
    ...compareGraphs(stored, witnessed, finding),
    ...compareHead(stored, witnessed, finding),
    ...compareTransitions(stored, witnessed, finding),
    ...compareRejections(stored, witnessed, finding),
    ...compareVotes(stored, witnessed, finding),
  ];
}

type Report = (code: FindingCode, detail: string, sequence?: number) => Finding;

/** Whoever was told that it is erased may find it in the history. */
function* compareErasure({ intent, erased }: StoredIntent): Generator<Finding> {
  if (erased) yield erasureIncomplete(intent.id, intent.organizationId);
}

function* compareCreation(
  { intent, erased }: StoredIntent,
  { created }: WitnessedIntent,
  finding: Report,
): Generator<Finding> {
  if (created === undefined) return;
  const { details, graph } = created;
  const differing = differences(
    {
      organization: intent.organizationId,
      graph: formatGraphReference({
        name: intent.graphName,
        version: intent.firstGraphVersion ?? intent.graphVersion,
      }),
      ...(!erased && { title: intent.title, metadata: intent.metadata, created_by: intent.createdBy }),
    },
    {
      organization: details.organizationId,
      graph: formatGraphReference(graph),
      ...(!erased && {
        title: details.title ?? null,
        metadata: details.metadata ?? null,
        created_by: details.createdBy ?? null,
      }),
    },
  );
  if (differing !== '') yield finding('INTENT_ALTERED', differing);
}

function* compareGraphs(
  { graphFingerprints: registered }: StoredIntent,
  witnessed: WitnessedIntent,
  finding: Report,
): Generator<Finding> {
  const altered = graphsOf(witnessed).filter((graph) => {
    const now = registered.get(formatGraphReference(graph));
    return now !== undefined && now !== graphFingerprint(graph);
  });
  for (const reference of new Set(altered.map(formatGraphReference))) {
    const how = altered.some(
      (graph) => graph === witnessed.created?.graph && formatGraphReference(graph) === reference,
    )
      ? 'was created with'
      : 'was moved to';
    yield finding('GRAPH_ALTERED', `the intent ${how} another ${reference} than is registered now`);
  }
}

/** Where Temporal has deleted the runs before, the head that was carried over stands for all of them. */
function* compareHead(
  { audit }: StoredIntent,
  { continued }: WitnessedIntent,
  finding: Report,
): Generator<Finding> {
  if (continued === undefined || continued.auditHash === null) return;
  const { recordedSequence, auditHash } = continued;
  const row = audit.find(({ sequence }) => sequence === recordedSequence);
  if (row !== undefined && row.hash !== auditHash) {
    yield finding('WITNESS_DIFFERS', hashes(row.hash, auditHash), recordedSequence);
  } else if (row === undefined) {
    yield finding('TEMPORAL_AHEAD', `Postgres lacks the row, and maybe others before it`, recordedSequence);
  }
}

function* compareTransitions(
  { audit, erased }: StoredIntent,
  { transitions, continued }: WitnessedIntent,
  finding: Report,
): Generator<Finding> {
  const rows = new Map(audit.map((row) => [row.sequence, row]));
  for (const transition of transitions) {
    const { sequence } = transition;
    const row = rows.get(sequence);
    if (row === undefined) {
      yield finding('TEMPORAL_AHEAD', `Postgres lacks ${describe(transition)}`, sequence);
      continue;
    }
    const differing = differences(columnsOf(row), columnsOfWitnessed(transition, erased));
    if (differing !== '') yield finding('WITNESS_DIFFERS', differing, sequence);
  }
  const known = transitions.at(-1)?.sequence ?? continued?.recordedSequence ?? 0;
  for (const row of audit) {
    if (row.sequence > known) {
      const moved = `${row.previousState ?? 'nothing'} → ${row.newState}`;
      yield finding(
        'POSTGRES_AHEAD',
        `Temporal does not know ${moved}, request ${row.requestId}`,
        row.sequence,
      );
    }
  }
}

function* compareRejections(
  stored: StoredIntent,
  { rejections, continued }: WitnessedIntent,
  finding: Report,
): Generator<Finding> {
  const rows = new Map(stored.rejections.map((row) => [row.number, row]));
  for (const rejection of rejections) {
    const row = rows.get(rejection.number);
    if (row === undefined) {
      yield finding('TEMPORAL_AHEAD', `Postgres lacks rejection ${rejection.number}`, rejection.number);
      continue;
    }
    const differing = differences({ ...row }, rejectionColumns(rejection, stored.erased));
    if (differing !== '') {
      yield finding('WITNESS_DIFFERS', `rejection ${rejection.number}: ${differing}`, rejection.number);
    }
  }
  const known = rejections.at(-1)?.number ?? continued?.recordedRejections ?? 0;
  for (const { number } of stored.rejections) {
    if (number > known) yield finding('POSTGRES_AHEAD', `Temporal does not know rejection ${number}`, number);
  }
}

function* compareVotes(
  stored: StoredIntent,
  { votes, continued }: WitnessedIntent,
  finding: Report,
): Generator<Finding> {
  const rows = new Map(stored.votes.map((row) => [row.number, row]));
  for (const vote of votes) {
    const row = rows.get(vote.number);
    if (row === undefined) {
      yield finding('TEMPORAL_AHEAD', `Postgres lacks vote ${vote.number}`, vote.number);
      continue;
    }
    const differing = differences(columnsOfVote(row), columnsOfWitnessedVote(vote, stored.erased));
    if (differing !== '') yield finding('WITNESS_DIFFERS', `vote ${vote.number}: ${differing}`, vote.number);
  }
  const known = votes.at(-1)?.number ?? continued?.recordedVotes ?? 0;
  for (const { number } of stored.votes) {
    if (number > known) yield finding('POSTGRES_AHEAD', `Temporal does not know vote ${number}`, number);
  }
}

type Columns = Record<string, unknown>;

function columnsOf(row: AuditRow): Columns {
  return {
    request_id: row.requestId,
    previous_state: row.previousState,
    new_state: row.newState,
    transition_reason: row.reason,
    actor: row.actor,
    metadata: row.metadata,
    transitioned_at: row.transitionedAt.toISOString(),
    kind: row.kind,
    graph_version: row.graphVersion,
    hash: row.hash,
  };
}

function columnsOfWitnessed(transition: WitnessedTransition, erased: boolean): Columns {
  return {
    request_id: transition.requestId,
    previous_state: transition.previousState,
    new_state: transition.newState,
    ...(!erased && {
      transition_reason: transition.reason ?? null,
      actor: transition.actor ?? null,
      metadata: transition.metadata ?? null,
    }),
    transitioned_at: transition.transitionedAt,
    kind: transition.kind ?? 'transition',
    graph_version: transition.graphVersion ?? null,
    hash: transition.hash,
  };
}

function rejectionColumns(rejection: DecidedRejection, erased: boolean): Columns {
  return {
    number: rejection.number,
    requestId: rejection.requestId,
    code: rejection.code,
    state: rejection.state,
    ...(!erased && {
      message: rejection.message,
      requestedState: rejection.requestedState ?? null,
      reason: rejection.reason ?? null,
      actor: rejection.actor ?? null,
    }),
  };
}

function columnsOfVote(row: VoteRow): Columns {
  return { ...row, votedAt: row.votedAt.toISOString() };
}

function columnsOfWitnessedVote(vote: Vote, erased: boolean): Columns {
  const { actor, onBehalfOf, reason, metadata, expires, ...others } = vote;
  const personal = { actor, onBehalfOf, reason, metadata };
  return {
    ...others,
    expires: expires ?? null,
    ...(!erased &&
      Object.fromEntries(Object.entries(personal).map(([column, value]) => [column, value ?? null]))),
  };
}

function describe({ previousState, newState, requestId }: WitnessedTransition): string {
  return `${previousState ?? 'nothing'} → ${newState}, request ${requestId}`;
}

/** Names the columns that differ, and both values. */
function differences(stored: Columns, witnessed: Columns): string {
  return Object.entries(witnessed)
    .filter(([column, value]) => canonicalJson(stored[column]) !== canonicalJson(value))
    .map(([column, value]) => `${column} is ${shown(stored[column])}, Temporal knows ${shown(value)}`)
    .join('; ');
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > OPS_LIMITS.shownLength ? `${text.slice(0, OPS_LIMITS.shownLength)}…` : text;
}

function hashes(stored: string, witnessed: string): string {
  return `hash is ${shown(stored)}, Temporal knows ${shown(witnessed)}`;
}

/** Sequences of the witnessed rows that Postgres lacks or has otherwise, the first of them first. */
export function differingTransitions(stored: StoredIntent, { transitions }: WitnessedIntent): number[] {
  const rows = new Map(stored.audit.map((row) => [row.sequence, row]));
  return transitions
    .filter((transition) => {
      const row = rows.get(transition.sequence);
      const expected = columnsOfWitnessed(transition, stored.erased);
      return row === undefined || differences(columnsOf(row), expected) !== '';
    })
    .map(({ sequence }) => sequence);
}

/** Numbers of the witnessed rejections that Postgres has otherwise. */
export function differingRejections(stored: StoredIntent, { rejections }: WitnessedIntent): number[] {
  const rows = new Map(stored.rejections.map((row) => [row.number, row]));
  return rejections
    .filter((rejection) => {
      const row = rows.get(rejection.number);
      return row !== undefined && differences({ ...row }, rejectionColumns(rejection, stored.erased)) !== '';
    })
    .map(({ number }) => number);
}

/** Numbers of the witnessed votes that Postgres has otherwise. */
export function differingVotes(stored: StoredIntent, { votes }: WitnessedIntent): number[] {
  const rows = new Map(stored.votes.map((row) => [row.number, row]));
  return votes
    .filter((vote) => {
      const row = rows.get(vote.number);
      const expected = columnsOfWitnessedVote(vote, stored.erased);
      return row !== undefined && differences(columnsOfVote(row), expected) !== '';
    })
    .map(({ number }) => number);
}
