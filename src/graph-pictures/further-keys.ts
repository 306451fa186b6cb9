import type { Graph } from '../graph';

const SHOWN_OTHERWISE = ['$schema', 'name', 'version', 'steps', 'transitions', 'terminal'];

/**
 * What a graph says beyond its steps, edges and terminal states: its title, and rules such as `deadlines`. Read by
 * name, so that a graph of any version of the engine can be shown.
 */
export function furtherKeys(graph: Graph): Record<string, unknown> {
  return Object.fromEntries(Object.entries(graph).filter(([key]) => !SHOWN_OTHERWISE.includes(key)));
}

/** The value as an object; an empty one for everything else. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
