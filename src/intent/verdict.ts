import type { MoveKind } from './move-kinds';
import type { RejectionCode } from './rejection-codes';

/** What {@link decide} says of a request. */
export type Verdict =
  | { status: 'applied'; newState: string; kind?: Exclude<MoveKind, 'transition'> }
  | { status: 'rejected'; code: RejectionCode; message: string };

export function reject(code: RejectionCode, message: string): Verdict & { status: 'rejected' } {
  return { status: 'rejected', code, message };
}
