import type { WorkRule } from '../../graph';
import {
  metadataSchema,
  orderOf,
  unreadableReason,
  type EngineMove,
  type Intent,
  type Json,
} from '../../intent';
import { failureOf, runActivity, type Failure } from './run-activity';

/** Runs the activity of the state that the intent is in. Its end, good or bad, is the way out of the state. */
export async function driveWork(intent: Intent, rule: WorkRule): Promise<EngineMove> {
  const { entry, state } = intent;
  const order = orderOf(intent, state, String(entry));
  try {
    const result = await runActivity(rule, order, `${rule.activity} in ${state}`);
    const problem = problemOf(result);
    if (problem === undefined) {
      return { kind: 'work', entry, to: rule.success, metadata: { result: (result ?? null) as Json } };
    }
    return failed(rule, entry, { type: 'INVALID_RESULT', message: problem });
  } catch (error) {
    return failed(rule, entry, failureOf(error));
  }
}

/** What keeps a result out of the audit row. */
function problemOf(result: unknown): string | undefined {
  const unreadable = unreadableReason(result);
  if (unreadable !== undefined) return unreadable;
  const parsed = metadataSchema.safeParse({ result: result ?? null });
  return parsed.success ? undefined : `The result ${parsed.error.issues[0]?.message}`;
}

function failed(rule: WorkRule, entry: number, failure: Failure): EngineMove {
  return { kind: 'work', entry, to: rule.failure, reason: failure.message, metadata: { failure } };
}
