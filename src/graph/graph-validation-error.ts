import { formatGraphProblem, type GraphProblem } from './graph-problem';

const MARK = Symbol.for('intent-engine.GraphValidationError');

/** A graph was refused. `problems` holds everything that is wrong with it, and so does the message. */
export class GraphValidationError extends Error {
  override readonly name = 'GraphValidationError';
  readonly problems: readonly GraphProblem[];

  constructor(problems: readonly GraphProblem[]) {
    super(['Workflow graph validation failed', ...problems.map(formatGraphProblem)].join('\n'));
    this.problems = problems;
    Object.defineProperty(this, MARK, { value: true });
  }
}

/** Recognises the error by a mark: `instanceof` fails if it comes from another realm or copy of this package. */
export function isGraphValidationError(error: unknown): error is GraphValidationError {
  return typeof error === 'object' && error !== null && Reflect.get(error, MARK) === true;
}
