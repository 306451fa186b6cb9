export { BUILTIN_GRAPHS } from './builtin-graphs';
export { checkGraph } from './check-graph';
export { contentIntentGraph, WORKFLOW_STEPS, type ContentIntentState } from './content-intent';
export { defineGraph } from './define-graph';
export {
  graphSchema,
  parseGraph,
  RESERVED_GRAPH_KEYS,
  type Graph,
  type GraphState,
  type ParsedGraph,
} from './graph';
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
export { validateGraph } from './validate-graph';
