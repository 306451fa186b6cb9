import type { Graph } from './graph';

/** Kept as numbers: hardly any is ever written out, and text for all of them took half of the time. */
interface Place {
  /** Absent: in `terminal`. */
  readonly step?: number;
  readonly index: number;
}

/** A place as a path. */
export const pathTo = ({ step, index }: Place) =>
  step === undefined ? `terminal[${index}]` : `steps[${step}].states[${index}]`;

/** What every rule is judged by. */
export interface GraphFacts {
  readonly terminal: ReadonlySet<string>;
  /** Where each covered state stands first; steps come before `terminal`. */
  readonly covered: ReadonlyMap<string, Place>;
  // A map, as a state may be called `constructor` or `toString`, which every plain object has.
  readonly exits: ReadonlyMap<string, readonly string[]>;
}

export function collectFacts(graph: Graph): GraphFacts {
  const covered = new Map<string, Place>();
  const cover = (state: string, place: Place) => {
    if (!covered.has(state)) covered.set(state, place);
  };
  graph.steps.forEach(({ states }, step) => states.forEach((state, index) => cover(state, { step, index })));
  graph.terminal.forEach((state, index) => cover(state, { index }));

  const exits = new Map<string, readonly string[]>();
  for (const [state, targets] of Object.entries(graph.transitions)) exits.set(state, targets ?? []);
  return { terminal: new Set(graph.terminal), covered, exits };
}

/** Whether the graph has this transition; one out of a terminal state is none. */
export function leadsTo({ terminal, exits }: GraphFacts, from: string, to: string): boolean {
  return !terminal.has(from) && exits.get(from)?.includes(to) === true;
}
