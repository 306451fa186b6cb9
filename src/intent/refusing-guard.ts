import { evaluate, guardsOf } from '../graph';
import type { DecidingIntent } from './deciding-intent';
import { expressionData } from './expression-data';
import type { GuardedRequest } from './request';

/** Says which guard of the edge refuses the request, and why; nothing where none does. */
export function refusingGuard(intent: DecidingIntent, request: GuardedRequest): string | undefined {
  for (const { name, when, because } of guardsOf(intent.graph, intent.state, request.to)) {
    const judged = evaluate(when, expressionData(intent, request));
    if (judged.ok && judged.value === true) continue;
    const why = judged.ok ? (because ?? `\`${when}\` does not hold.`) : `\`${when}\`: ${judged.message}`;
    return `The guard ${name} refused: ${why}`;
  }
  return undefined;
}
