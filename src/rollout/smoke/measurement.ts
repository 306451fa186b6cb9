import { passed } from '../check';
import { ROLLOUT_LIMITS } from '../limits';
import type { Measured } from '../report';
import { INTENT_LANE, type SmokeCheck, type SmokeContext } from './smoke';
import { CREATED_BY } from './smoke-organization';

/** How long transitions take, for `intent rollback-check --baseline` to compare with. */
export const measurement: SmokeCheck = {
  name: 'measurement',
  title: 'Transitions measured',
  step: 'after 5',
  lane: INTENT_LANE,
  async run(context) {
    const { transitions, p50Ms, p95Ms } = await measure(context);
    return passed(`${transitions} transitions, one after another: p50 ${p50Ms} ms, p95 ${p95Ms} ms`);
  },
};

/** Moves the test intent to and fro, and keeps the figures in the context. */
export async function measure(context: SmokeContext): Promise<Measured> {
  const { intent, transitions, signal } = context;
  const intents = await intent.created();
  const move = async (to: string): Promise<number> => {
    const startedAt = performance.now();
    const wait = { timeoutMs: ROLLOUT_LIMITS.outcomeMs };
    const outcome = await intents.transition(
      intent.id,
      { to, actor: CREATED_BY, reason: 'smoke test' },
      wait,
    );
    if (outcome.status === 'rejected')
      throw new Error(`the move to ${to} was rejected: ${outcome.code}, ${outcome.message}`);
    return performance.now() - startedAt;
  };
  const { state } = await intents.describe(intent.id);
  if (state === 'CREATED') await move('ICP_PENDING');
  const times: number[] = [];
  for (let number = 0; number < transitions; number += 1) {
    signal?.throwIfAborted();
    times.push(await move(number % 2 === 0 ? 'ICP_PROCESSING' : 'ICP_FAILED'));
  }
  context.measured = { transitions, p50Ms: percentile(times, 0.5), p95Ms: percentile(times, 0.95) };
  return context.measured;
}

/** By nearest rank, to a tenth. */
export function percentile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
  return Math.round(value * 10) / 10;
}
