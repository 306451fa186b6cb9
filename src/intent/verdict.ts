import type { Graph } from '../graph';
import type { MoveKind } from './move-kinds';
import type { RejectionCode } from './rejection-codes';
import type { MigrateRequest } from './request';
import type { OpenVote } from './vote';

/** What {@link decide} says of a request. */
export type Verdict =
  | {
      status: 'applied';
      newState: string;
      kind?: Exclude<MoveKind, 'transition'>;
      /** The vote that moves it, and those that were cast before. */
      completedBy?: CountedVote & { counted: readonly OpenVote[] };
      /** The version of its graph that the intent follows from then on, where that changes. */
      graph?: Graph;
    }
  | ({ status: 'voted' } & CountedVote)
  | { status: 'rejected'; code: RejectionCode; message: string };

interface CountedVote {
  vote: OpenVote;
  /** How many count for the edge with it, and how many the edge needs. */
  votes: number;
  needed: number;
}

/** The request can't be judged before the version of the graph is there that it names. */
export interface Deferred {
  status: 'deferred';
  request: MigrateRequest;
}

export function reject(code: RejectionCode, message: string): Verdict & { status: 'rejected' } {
  return { status: 'rejected', code, message };
}
