export type { AuditRow } from './audit-row';
export { carryState, restoreState, type CarriedState } from './carried-state';
export type { DecidedRejection, DecidedTransition, DecidedVote, Decision } from './decision';
export { decide } from './decide';
export { decideMigration, type LoadedGraph } from './decide-migration';
export type { EngineMove } from './engine-move';
export { expressionData } from './expression-data';
export { bounded, describeIssues } from './describe-issues';
export { describeIntent, type DrivenPart, type IntentDescription, type OpenApproval } from './description';
export type { Intent } from './intent';
export { intentOfRows, type StoredMove, type StoredTrail } from './intent-of-rows';
export {
  DEFAULT_GRAPH,
  intentInputSchema,
  isIntentId,
  parseIntentInput,
  reopeningSchema,
  type IntentInput,
  type ParsedIntentInput,
  type Reopening,
} from './intent-input';
export { LIMITS } from './limits';
export { metadataSchema, type Json, type Metadata } from './metadata';
export { migrationTarget, stateMapProblem, type StateMap } from './migration-target';
export { MOVE_KINDS, type MoveKind } from './move-kinds';
export * from './names';
export { occurredAtSchema } from './occurred-at';
export type { AppliedOutcome, MoveOutcome, Outcome, RejectedOutcome, VotedOutcome } from './outcome';
export { receive, receiveCancellation, receiveExpiry, receiveGraph, receiveMove } from './receive';
export { REJECTION_CODES, type RejectionCode } from './rejection-codes';
export { RememberedOutcomes, type CarriedOutcomes, type RememberedRejection } from './remembered-outcomes';
export {
  parseRequest,
  REQUEST_SCHEMAS,
  transitionRequestSchema,
  unreadable,
  unreadableReason,
  type IntentRequest,
  type IntentRequestInput,
  reopens,
  type MigrateRequest,
  type TransitionRequestInput,
} from './request';
export { jsonBytes } from './text';
export { TRACE_HEADER, traceparentOf } from './trace-header';
export type { OpenVote, Vote } from './vote';
export { orderOf, type WorkOrder } from './work-order';
export { whyNotReopened } from './why-not-reopened';
export { WorkResults } from './work-results';
export { isStorableText } from '../graph/storable-text';
