/** Statuses of gRPC that Temporal's server and its SDK answer with. */
export const GRPC_STATUS = {
  CANCELLED: 1,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
} as const;

/**
 * Whether an error has one of these statuses, however deep the SDK has wrapped it.
 *
 * @example
 * hasGrpcStatus(error, 'CANCELLED', 'DEADLINE_EXCEEDED')
 */
export function hasGrpcStatus(error: unknown, ...names: Array<keyof typeof GRPC_STATUS>): boolean {
  const wanted: unknown[] = names.map((name) => GRPC_STATUS[name]);
  for (let current = error; current instanceof Error; current = current.cause) {
    if (wanted.includes((current as { code?: unknown }).code)) return true;
  }
  return false;
}
