import type { Graph } from '../graph';
import type { Picture, PictureState } from './picture';
import { pictureOfGraph } from './picture-of-graph';

/**
 * A graph as text, a state a line with where it may go.
 *
 * @example
 * describeGraph(contentIntentGraph).join('\n')
 */
export function describeGraph(graph: Graph): string[] {
  const picture = pictureOfGraph(graph);
  const { title, steps, terminal, edges } = picture;
  const states = steps.flatMap((step) => step.states).length + terminal.length;
  return [
    title,
    ...(graph.description === undefined ? [] : [graph.description]),
    `${counted(states, 'state')}, ${terminal.length} of them terminal; ${counted(steps.length, 'step')}; ` +
      counted(edges.length, 'transition'),
    ...steps.flatMap(({ number, key, label, states: own }) => [
      '',
      `${number} ${key}: ${label}`,
      ...own.map((state) => `  ${described(state)} → ${targetsOf(picture, state)}`),
    ]),
    '',
    'terminal',
    ...terminal.map((state) => `  ${described(state)}`),
  ];
}

function described({ name, initial, notes }: PictureState): string {
  return name + inBrackets([...(initial ? ['initial'] : []), ...notes]);
}

function targetsOf({ edges }: Picture, { name }: PictureState): string {
  return edges
    .filter(({ from }) => from === name)
    .map(({ to, notes }) => to + inBrackets(notes))
    .join(', ');
}

function inBrackets(notes: readonly string[]): string {
  return notes.length === 0 ? '' : ` (${notes.join('; ')})`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
