/** Why a statement of a migration is refused. */
export interface Problem {
  /** Of the statement in its file, 1-based. */
  readonly line: number;
  /** The statement, on one line, cut off where it is long. */
  readonly statement: string;
  /** What it does that is refused: `drops the column title of intent_workflows`. */
  readonly what: string;
  readonly fix: string;
  /** Whether a head comment that calls the file a contract excuses it. What can't run at all, it does not. */
  readonly excusable: boolean;
}

/** What is wrong with a statement, before its place is known. */
export type Objection = Pick<Problem, 'what' | 'fix'> & { readonly never?: true };

/** For people: file, line, statement, and what to do. */
export function formatProblem(file: string, { line, statement, what, fix }: Problem): string {
  return `${file}:${line}: ${what}\n    ${statement}\n    Fix: ${fix}`;
}
