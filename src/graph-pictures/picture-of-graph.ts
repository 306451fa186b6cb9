import { formatGraphReference, initialState, listSteps, nextStates, type Graph } from '../graph';
import type { Picture, PictureState } from './picture';
import { edgeNotes, stateNotes } from './rule-notes';

/**
 * What there is to draw of one graph, which must be valid.
 *
 * @example
 * toMermaid(pictureOfGraph(contentIntentGraph))
 */
export function pictureOfGraph(graph: Graph): Picture {
  const initial = initialState(graph);
  const drawn = (name: string, terminal: boolean): PictureState => ({
    name,
    initial: name === initial,
    terminal,
    notes: stateNotes(graph, name),
  });
  return {
    title: titleOf(graph),
    steps: listSteps(graph).map(({ number, key, label, states }) => ({
      number,
      key,
      label,
      states: states.map((state) => drawn(state, false)),
      notes: [],
    })),
    terminal: graph.terminal.map((state) => drawn(state, true)),
    edges: listSteps(graph).flatMap(({ states }) =>
      states.flatMap((from) =>
        nextStates(graph, from).map((to) => ({ from, to, notes: edgeNotes(graph, from, to) })),
      ),
    ),
  };
}

function titleOf(graph: Graph): string {
  const reference = formatGraphReference(graph);
  return graph.title === undefined ? reference : `${reference}: ${graph.title}`;
}
