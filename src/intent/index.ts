export type { DecidedRejection, DecidedTransition, Decision } from './decision';
export { decide } from './decide';
export { bounded, describeIssues } from './describe-issues';
export { describeIntent, type IntentDescription } from './description';
export type { Intent } from './intent';
export {
  DEFAULT_GRAPH,
  intentInputSchema,
  isIntentId,
  parseIntentInput,
  type IntentInput,
  type ParsedIntentInput,
} from './intent-input';
export { LIMITS } from './limits';
export { metadataSchema, type Json, type Metadata } from './metadata';
export * from './names';
export type { AppliedOutcome, Outcome, RejectedOutcome } from './outcome';
export { receive, receiveCancellation } from './receive';
export { REJECTION_CODES, type RejectionCode } from './rejection-codes';
export { RememberedOutcomes, type CarriedOutcomes } from './remembered-outcomes';
export {
  parseRequest,
  transitionRequestSchema,
  unreadable,
  type IntentRequest,
  type TransitionRequestInput,
} from './request';
export { jsonBytes } from './text';
export { isStorableText } from '../graph/storable-text';
