import { workOf, type WorkRule } from '../../graph';
import { metadataSchema, orderOf, unreadableReason, type Intent, type Json } from '../../intent';
import { failureOf, runActivity, type Failure } from './run-activity';
import type { Way } from './way';

/**
 * Runs the activity of the state that the intent is in. Its end, good or bad, is the way out of the state. Where that
 * leads is said by the version of the graph that the intent follows by then; nowhere, where apps do the work in that.
 */
export async function driveWork(intent: Intent, rule: WorkRule): Promise<Way> {
  const { entry, state } = intent;
  const order = orderOf(intent, state, String(entry));
  const end = await endOf(runActivity(rule, order, `${rule.activity} in ${state}`));
  return () => {
    const now = workOf(intent.graph, state);
    if (now === undefined) return undefined;
    if ('result' in end) return { kind: 'work', entry, to: now.success, metadata: end };
    return { kind: 'work', entry, to: now.failure, reason: end.failure.message, metadata: end };
  };
}

async function endOf(run: Promise<unknown>): Promise<{ result: Json } | { failure: Failure }> {
  try {
    const result = await run;
    const problem = problemOf(result);
    if (problem !== undefined) return { failure: { type: 'INVALID_RESULT', message: problem } };
    return { result: (result ?? null) as Json };
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

/** What keeps a result out of the audit row. */
function problemOf(result: unknown): string | undefined {
  const unreadable = unreadableReason(result);
  if (unreadable !== undefined) return unreadable;
  const parsed = metadataSchema.safeParse({ result: result ?? null });
  return parsed.success ? undefined : `The result ${parsed.error.issues[0]?.message}`;
}
