import { isTerminal } from '../graph';
import type { DecidingIntent } from './deciding-intent';
import { reject, type Verdict } from './verdict';

/** Refuses whatever is asked of an intent that has ended. */
export function refusedAsEnded({
  graph,
  state,
}: Pick<DecidingIntent, 'graph' | 'state'>): Verdict | undefined {
  if (!isTerminal(graph, state)) return undefined;
  return reject('TERMINAL_STATE', `The intent has ended in ${state}; nothing moves it any more.`);
}
