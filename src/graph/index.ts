export type { ActivityRule } from './activity-rule';
export type { ApprovalRule } from './approval-rule';
export { BUILTIN_GRAPHS } from './builtin-graphs';
export type { ChildrenRule } from './children-rule';
export { checkGraph } from './check-graph';
export { contentIntentGraph, WORKFLOW_STEPS, type ContentIntentState } from './content-intent';
export type { DeadlineRule, ReminderRule } from './deadline-rule';
export {
  deadlineTimes,
  dependsOnTimeZoneData,
  type CountedDeadline,
  type DeadlineTimes,
} from './deadline-times';
export { defineGraph } from './define-graph';
export { addDuration, durationMs, subtractDuration } from './duration';
export { checkExpression, evaluate, type Evaluation, type ExpressionData } from './expression';
export { graphSchema, parseGraph, type Graph, type GraphState, type ParsedGraph } from './graph';
export { graphJsonSchema } from './graph-json-schema';
export {
  formatGraphProblem,
  GRAPH_PROBLEM_CODES,
  type GraphProblem,
  type GraphProblemCode,
} from './graph-problem';
export {
  formatGraphReference,
  graphReferenceSchema,
  parseGraphReference,
  type GraphReference,
  type ParsedGraphReference,
} from './graph-reference';
export type { GraphStep } from './graph-step';
export { GraphValidationError, isGraphValidationError } from './graph-validation-error';
export type { GuardRule } from './guard-rule';
export { GRAPH_DEFAULTS } from './limits';
export { approvalOf, approvalsFrom, childrenOf, deadlineOf, guardsOf, undoOf, workOf } from './rules';
export {
  allStates,
  hasEdge,
  hasState,
  initialState,
  isTerminal,
  listSteps,
  nextStates,
  progressOf,
  stepOf,
} from './steps';
export type { CancellationRule, UndoRule } from './undo-rule';
export { validateGraph } from './validate-graph';
export type { WorkRule } from './work-rule';
