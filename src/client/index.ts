/** What an app imports. */
export type { IntentRow } from '../database/read-intents';
export {
  REJECTION_CODES,
  type AppliedOutcome,
  type AuditRow,
  type IntentDescription,
  type IntentInput,
  type Metadata,
  type MoveOutcome,
  type OpenApproval,
  type Outcome,
  type RejectedOutcome,
  type RejectionCode,
  type WorkOrder,
  type VotedOutcome,
} from '../intent';
export {
  IntentError,
  isIntentError,
  OutcomeTimeoutError,
  type HttpErrorCode,
  type IntentErrorCode,
} from './errors';
export type { Identity } from './identified-intents';
export {
  IntentClient,
  type AnyRequestOptions,
  type ApproveOptions,
  type CancelOptions,
  type ConnectOptions,
  type ForceOptions,
  type MigrateOptions,
  type NewIntentRequest,
  type PauseOptions,
  type ResumeOptions,
  type TransitionOptions,
} from './intent-client';
export type {
  ApprovalMove,
  ForceMove,
  Intents,
  MigrationMove,
  MoveRequest,
  NewIntent,
  ReachedState,
  RequestReceipt,
  TransitionMove,
  WaitOptions,
} from './intents';
