import type { IntentClient } from '../client';
import { contentIntentGraph, initialState, listSteps, nextStates, progressOf, stepOf } from '../graph';

/** A transition of the walk, for people and programs. */
export interface WalkedTransition {
  sequence: number;
  from: string;
  to: string;
  /** `null` once it has ended. */
  step: { number: number; label: string } | null;
  /** From 0 to 1. */
  progress: number;
  milliseconds: number;
}

/** Creates an intent of the built-in graph and takes it to the end on the shortest path, a request after the other. */
export async function walkIntent(
  intents: IntentClient,
  organizationId: string,
  onTransition: (transition: WalkedTransition) => void,
): Promise<string> {
  const { id } = await intents.create({
    organizationId,
    title: 'Demo: from CREATED to COMPLETED',
    createdBy: 'demo',
  });
  for (const to of pathTo('COMPLETED')) {
    const startedAt = performance.now();
    const outcome = await intents.transition(id, { to, actor: 'demo' }, { timeoutMs: 60_000 });
    if (outcome.status === 'rejected')
      throw new Error(`${to} was rejected: ${outcome.code}: ${outcome.message}`);
    const step = stepOf(contentIntentGraph, to);
    onTransition({
      sequence: outcome.sequence,
      from: outcome.previousState ?? '',
      to,
      step: step === undefined ? null : { number: step.number, label: step.label },
      progress: progressOf(contentIntentGraph, to),
      milliseconds: Math.round(performance.now() - startedAt),
    });
  }
  return id;
}

export const STEP_COUNT = listSteps(contentIntentGraph).length;

/** Breadth first: no detour by a failure. */
function pathTo(target: string): string[] {
  const start: string = initialState(contentIntentGraph);
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (let state = queue.shift(); state !== undefined && state !== target; state = queue.shift()) {
    for (const next of nextStates(contentIntentGraph, state)) {
      if (next === start || cameFrom.has(next)) continue;
      cameFrom.set(next, state);
      queue.push(next);
    }
  }
  const path: string[] = [];
  for (
    let state: string | undefined = target;
    state !== undefined && state !== start;
    state = cameFrom.get(state)
  ) {
    path.unshift(state);
  }
  return path;
}
