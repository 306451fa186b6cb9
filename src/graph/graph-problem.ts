/**
 * What can be wrong with a graph. The codes are stable: programs may compare them, and a retired one is never
 * used again.
 */
export const GRAPH_PROBLEM_CODES = {
  INVALID_VALUE: 'A value has the wrong type or form.',
  UNKNOWN_KEY: 'A key that graphs do not have.',
  INITIAL_STATE_NOT_IN_STEP_1: 'There is no step, or the first one is empty, so there is no initial state.',
  STEP_GAP: 'A step other than the first has no states.',
  DUPLICATE_STEP: 'Two steps have the same key.',
  DUPLICATE_STATE: 'A state is listed more than once in the steps, or more than once in `terminal`.',
  TERMINAL_IN_STEP: 'A terminal state is also in a step.',
  NO_TERMINAL: 'There is no terminal state.',
  UNCOVERED_STATE: 'A state has an entry in `transitions`, but is in no step and is not terminal.',
  UNKNOWN_TARGET: 'A transition leads to a state that is named nowhere else.',
  DUPLICATE_EDGE: 'A state lists the same next state twice.',
  TERMINAL_WITH_EXIT: 'A terminal state has a transition.',
  DEAD_END: 'A state that is not terminal has no transition.',
  UNREACHABLE_STATE: 'No path leads to the state from the initial one.',
  NO_PATH_TO_TERMINAL: 'A state has transitions, but no path from it leads to a terminal state.',
  UNKNOWN_RULE_STATE: 'A rule names a state that is in no step and not terminal.',
  RULE_WITHOUT_EDGE: 'A rule needs a transition that the graph does not have.',
  TERMINAL_WITH_RULE:
    'A terminal state has work, children, a deadline or an undo, or cancellation leads through it.',
  CONFLICTING_RULES: 'A state has two rules that exclude each other.',
  AUTOMATIC_WITH_APPROVAL: 'A transition that the engine makes by itself needs approvals.',
  MISSING_FAILED: 'Children with `counts` do not say what follows when too few can still count.',
  AMBIGUOUS_DEADLINE: 'A deadline has neither or both of `after` and `at`.',
  UNKNOWN_TIME_ZONE: 'A deadline has a time zone that does not exist.',
  DUPLICATE_REMINDER: 'A deadline has two reminders at the same time.',
  REMINDER_TOO_EARLY: 'A reminder is due before the state is entered, or at that very time.',
  DUPLICATE_APPROVAL: 'A transition is listed twice in `approvals`.',
  DUPLICATE_ROLE: 'An approval lists a role twice.',
  TOO_FEW_ROLES: 'An approval needs more distinct roles than it lists.',
  DUPLICATE_GUARD: 'Two guards have the same name.',
  MISSING_CANCELLATION: 'There are undos, but no `cancellation` says where they run.',
  CANCELLED_NOT_TERMINAL: 'There is a `cancellation`, but no terminal state CANCELLED.',
  INVALID_EXPRESSION: 'An expression cannot be read, or its value has the wrong type.',
} as const;

export type GraphProblemCode = keyof typeof GRAPH_PROBLEM_CODES;

export interface GraphProblem {
  readonly code: GraphProblemCode;
  /** Which state or step it is about, and what to do. */
  readonly message: string;
  /** Where in the graph, such as `steps[1].states[0]` or `transitions.CREATED[2]`; absent: the whole of it. */
  readonly path?: string;
}

/**
 * One line for people.
 *
 * @example
 * formatGraphProblem({ code: 'STEP_GAP', message: 'Step `review` has no states.', path: 'steps[1]' })
 * // 'STEP_GAP at steps[1]: Step `review` has no states.'
 */
export function formatGraphProblem(problem: GraphProblem): string {
  const place = problem.path === undefined ? '' : ` at ${problem.path}`;
  return `${problem.code}${place}: ${problem.message}`;
}
