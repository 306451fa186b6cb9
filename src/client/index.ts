/** What an app imports. */
export type { AuditRow } from '../database/read-history';
export type { IntentRow } from '../database/read-intents';
export {
  REJECTION_CODES,
  type AppliedOutcome,
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
export { IntentError, isIntentError, OutcomeTimeoutError, type IntentErrorCode } from './errors';
export type { RequestReceipt } from './ended-intents';
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
  type WaitOptions,
} from './intent-client';
