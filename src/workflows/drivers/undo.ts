import { undoOf } from '../../graph';
import { CANCELLED_STATE, orderOf, type Intent } from '../../intent';
import { failureOf, runActivity } from './run-activity';
import type { Way } from './way';

/**
 * Undoes what the intent has done, the last first, and ends it. What was undone is not undone again, in whichever run it
 * goes on, and when people send the intent back here after a failure. Where another version of the graph undoes nothing in
 * this state, it leads nowhere.
 *
 * @param undone states whose undo has run, added to as it goes
 */
export async function driveUndo(intent: Intent, undone: string[]): Promise<Way> {
  const { entry, state: through } = intent;
  const rule = () => (intent.graph.cancellation?.through === through ? intent.graph.cancellation : undefined);
  for (let state = intent.undoable.at(-1); state !== undefined; state = intent.undoable.at(-1)) {
    const undo = undoOf(intent.graph, state);
    if (undo !== undefined) {
      const order = orderOf(intent, state, `undo:${entry}:${state}`);
      try {
        await runActivity(undo, order, `${undo.activity}, undoes ${state}`);
      } catch (error) {
        const failure = failureOf(error);
        const metadata = { undone, failure: { ...failure, state } };
        return () => {
          const to = rule()?.failed;
          return to === undefined
            ? undefined
            : { kind: 'undo', entry, to, reason: failure.message, metadata };
        };
      }
    }
    if (intent.entry !== entry) break;
    intent.undoable = intent.undoable.filter((other) => other !== state);
    undone.push(state);
  }
  return () => rule() && { kind: 'undo', entry, to: CANCELLED_STATE, metadata: { undone } };
}
