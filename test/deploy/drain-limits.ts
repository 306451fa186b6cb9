import { GATEWAY_LIMITS } from '../../src/gateway/limits';
import { WEBHOOK_LIMITS } from '../../src/webhooks/limits';
import { WORKER_LIMITS } from '../../src/worker/limits';
import { WORKFLOW_LIMITS } from '../../src/workflows/limits';

/** Milliseconds in which each program has ended what was under way, once it is told to stop. */
export function drainLimits(): { worker: number; gateway: number } {
  return {
    // Activities have the first; then they are cancelled, and the longest of them sees that at the end of its statement,
    // or of its request to a webhook.
    worker: WORKER_LIMITS.drainMs + Math.max(WORKFLOW_LIMITS.regularActivityMs, WEBHOOK_LIMITS.answerMs),
    gateway: GATEWAY_LIMITS.drainMs,
  };
}
