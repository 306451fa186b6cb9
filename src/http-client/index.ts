/** What an app imports, from the package `intent-engine-http-client`. */
export { IntentError, isIntentError, OutcomeTimeoutError, type IntentErrorCode } from '../client/errors';
export type {
  AppliedOutcome,
  ApprovalMove,
  AuditRow,
  ForceMove,
  IntentDescription,
  Intents,
  Metadata,
  MigrationMove,
  MoveOutcome,
  MoveRequest,
  NewIntent,
  OpenApproval,
  Outcome,
  ReachedState,
  RejectedOutcome,
  RejectionCode,
  RequestReceipt,
  TransitionMove,
  VotedOutcome,
  WaitOptions,
} from '../client/intents';
export { HttpIntentClient, type HttpConnectOptions } from './http-intent-client';
