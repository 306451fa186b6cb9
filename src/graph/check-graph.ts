import { parseGraph, type ParsedGraph } from './graph';
import { validateGraph } from './validate-graph';

/**
 * Judges any value as a graph: its form, and if that is right whether the states fit together. Never throws.
 *
 * @example
 * const checked = checkGraph(JSON.parse(text));
 * if (checked.ok) console.log(`${formatGraphReference(checked.graph)} is valid`);
 */
export function checkGraph(value: unknown): ParsedGraph {
  const parsed = parseGraph(value);
  if (!parsed.ok) return parsed;
  const problems = validateGraph(parsed.graph);
  return problems.length === 0 ? parsed : { ok: false, problems };
}
