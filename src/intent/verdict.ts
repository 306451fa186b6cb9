import type { MoveKind } from './move-kinds';
import type { RejectionCode } from './rejection-codes';
import type { OpenVote } from './vote';

/** What {@link decide} says of a request. */
export type Verdict =
  | {
      status: 'applied';
      newState: string;
      kind?: Exclude<MoveKind, 'transition'>;
      /** The vote that moves it, and those that were cast before. */
      completedBy?: CountedVote & { counted: readonly OpenVote[] };
    }
  | ({ status: 'voted' } & CountedVote)
  | { status: 'rejected'; code: RejectionCode; message: string };

interface CountedVote {
  vote: OpenVote;
  /** How many count for the edge with it, and how many the edge needs. */
  votes: number;
  needed: number;
}

export function reject(code: RejectionCode, message: string): Verdict & { status: 'rejected' } {
  return { status: 'rejected', code, message };
}
