import { checkGraph } from './check-graph';
import type { Graph } from './graph';
import { GraphValidationError } from './graph-validation-error';

/**
 * Defines a graph in TypeScript. State names are literal types, and a transition from or to a state that is in no
 * step and not terminal does not compile. The result is a deeply frozen copy.
 *
 * Throws a `GraphValidationError` that names every problem.
 *
 * @example
 * const ticket = defineGraph({
 *   name: 'ticket',
 *   version: 1,
 *   steps: [{ key: 'work', label: 'Work', states: ['OPEN'] }],
 *   transitions: { OPEN: ['CLOSED'] },
 *   terminal: ['CLOSED'],
 * });
 * type TicketState = GraphState<typeof ticket>; // 'OPEN' | 'CLOSED'
 */
export function defineGraph<const State extends string>(definition: Graph<State>): Graph<State> {
  const checked = checkGraph(definition);
  if (!checked.ok) throw new GraphValidationError(checked.problems);
  return deepFreeze(checked.graph as Graph<State>);
}

function deepFreeze<Value extends object>(value: Value): Value {
  for (const child of Object.values(value)) {
    if (typeof child === 'object' && child !== null) deepFreeze(child as object);
  }
  return Object.freeze(value);
}
