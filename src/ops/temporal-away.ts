import { hasGrpcStatus } from '../temporal/grpc-status';

/**
 * Temporal as a whole can't be asked: it does not answer, or lets nobody in. Then nothing can be said of any intent, and
 * whoever verifies stops at the first.
 */
export class TemporalAwayError extends Error {
  override readonly name = 'TemporalAwayError';

  constructor(cause: unknown) {
    super(
      `Temporal does not answer (${reasonOf(cause)}). Nothing can be compared with it; try again when it does`,
      {
        cause,
      },
    );
  }
}

/** Whether the error of a call says that no other call would fare better. */
export function isTemporalAway(error: unknown): boolean {
  return hasGrpcStatus(error, 'PERMISSION_DENIED', 'UNAVAILABLE', 'UNAUTHENTICATED');
}

/** What gRPC says, and not the client's "Failed to describe workflow" around it. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error ? cause.message : message;
}
