/** One that takes part in the benchmark: the engine, or a floor that it stands on. */
export interface Contender {
  key: ContenderKey;
  title: string;
  /** How many requests to one item its client keeps in flight. */
  inFlight: number;
  /** Whether errors are part of what is measured: of all others they end the benchmark. */
  mayFail: boolean;
  /** A new item in the state `CREATED`, ready for its first transition. */
  create(): Promise<Item>;
}

export type ContenderKey = 'engine' | 'bareUpdate' | 'bareUpdateNaive' | 'plainPostgres';

/** What is moved: an intent, a workflow or a row. */
export interface Item {
  /** Workflow ID, for those that have a history. */
  workflowId?: string;
  /** Asks for one transition; resolves with the answer: was it applied? */
  move(move: Move): Promise<boolean>;
  /** Transitions applied since the creation, as they are stored. */
  applied(): Promise<number>;
}

export interface Move {
  from: string;
  to: string;
}

/**
 * The state after so many transitions: along the built-in graph to a cycle of two states, which can go on for ever.
 *
 * @example
 * stateAfter(0) // 'CREATED'
 */
export function stateAfter(transitions: number): string {
  if (transitions === 0) return 'CREATED';
  if (transitions === 1) return 'ICP_PENDING';
  return transitions % 2 === 0 ? 'ICP_PROCESSING' : 'ICP_FAILED';
}

/** The move that follows so many transitions. */
export function moveAfter(transitions: number): Move {
  return { from: stateAfter(transitions), to: stateAfter(transitions + 1) };
}
