/** A step of a graph with its number, which follows from its place. */
export interface GraphStep<State extends string = string> {
  /** From 1. */
  readonly number: number;
  readonly key: string;
  readonly label: string;
  readonly states: readonly State[];
}
