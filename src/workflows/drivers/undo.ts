import { undoOf, type CancellationRule } from '../../graph';
import { CANCELLED_STATE, orderOf, type EngineMove, type Intent } from '../../intent';
import { failureOf, runActivity } from './run-activity';

/**
 * Undoes what the intent has done, the last first, and ends it. What was undone is not undone again, in whichever run it
 * goes on, and when people send the intent back here after a failure.
 *
 * @param undone states whose undo has run, added to as it goes
 */
export async function driveUndo(
  intent: Intent,
  rule: CancellationRule,
  undone: string[],
): Promise<EngineMove> {
  const { entry } = intent;
  for (let state = intent.undoable.at(-1); state !== undefined; state = intent.undoable.at(-1)) {
    const undo = undoOf(intent.graph, state);
    if (undo !== undefined) {
      const order = orderOf(intent, state, `undo:${entry}:${state}`);
      try {
        await runActivity(undo, order, `${undo.activity}, undoes ${state}`);
      } catch (error) {
        const failure = failureOf(error);
        const metadata = { undone, failure: { ...failure, state } };
        return { kind: 'undo', entry, to: rule.failed, reason: failure.message, metadata };
      }
    }
    if (intent.entry !== entry) break;
    intent.undoable = intent.undoable.slice(0, -1);
    undone.push(state);
  }
  return { kind: 'undo', entry, to: CANCELLED_STATE, metadata: { undone } };
}
