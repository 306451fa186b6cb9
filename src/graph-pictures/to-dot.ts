import { list, quoted, type Attributes } from './dot-syntax';
import { foldEdges } from './fold-edges';
import { PICTURE_LIMITS } from './limits';
import {
  markedName,
  MARK_SIGNS,
  type Mark,
  type Picture,
  type PictureEdge,
  type PictureState,
  type PictureStep,
} from './picture';
import { wrapLines } from './wrap-lines';

/** Told apart without colour too: by the line, and by the sign before the name. */
const MARK_STYLES: Record<Mark, { color: string; fill: string; style: string; width: number }> = {
  added: { color: '#1a7f37', fill: '#dafbe1', style: 'solid', width: 2.5 },
  removed: { color: '#b3261e', fill: '#ffebe9', style: 'dashed', width: 1.5 },
  moved: { color: '#0a5cc2', fill: '#ddf4ff', style: 'dotted', width: 2 },
  changed: { color: '#8a5a00', fill: '#fff8c5', style: 'solid', width: 1.5 },
};

/** In two lines, as small pictures are narrow. */
const LEGEND = [
  `${MARK_SIGNS.added} added: bold · ${MARK_SIGNS.removed} removed: dashed`,
  `${MARK_SIGNS.moved} moved: dotted · ${MARK_SIGNS.changed} changed`,
].join('\n');

const BEGIN = {
  shape: 'circle',
  label: '',
  width: 0.16,
  style: 'filled',
  fillcolor: 'black',
  tooltip: 'begin',
};
const NO_STATE = { shape: 'plaintext', style: '', label: 'no state left' };
const FONT = 'Helvetica,Arial,sans-serif';

/**
 * The picture in the language of Graphviz. Steps are frames; an arrow from a frame leaves every state in it.
 *
 * @example
 * toDot(pictureOfGraph(contentIntentGraph)) // 'digraph "content-intent@1: Content intent" {…}'
 */
export function toDot(picture: Picture): string {
  const { title, steps, terminal, edges } = picture;
  const marks = [...steps, ...steps.flatMap(({ states }) => states), ...terminal, ...edges].some(
    ({ mark }) => mark !== undefined,
  );
  const states = steps.flatMap((step) => step.states).length + terminal.length;
  const { edges: single, stepEdges } = foldEdges(picture);
  return [
    `digraph ${quoted(title)} {`,
    `  graph ${list({
      label: marks ? `${title}\n${LEGEND}` : title,
      labelloc: 't',
      compound: 'true',
      ...(states > PICTURE_LIMITS.carefulStates && { nslimit: 1, nslimit1: 1, mclimit: 0.1 }),
      pad: 0.1,
      newrank: 'true',
      rankdir: 'TB',
      nodesep: 0.3,
      ranksep: 0.45,
      fontname: FONT,
      fontsize: 15,
      bgcolor: 'white',
    })};`,
    `  node ${list({ fontname: FONT, fontsize: 11, shape: 'box', style: 'rounded,filled', fillcolor: 'white', color: '#57606a' })};`,
    `  edge ${list({ fontname: FONT, fontsize: 10, color: '#57606a', arrowsize: 0.7 })};`,
    ...steps.flatMap(cluster),
    ...terminal.map((state) => `  ${node(state)}`),
    ...single.map((edge) => `  ${quoted(edge.from)} -> ${quoted(edge.to)} ${list(edgeAttributes(edge))};`),
    ...stepEdges.map((edge) => {
      const last = edge.step.states.at(-1)?.name ?? '';
      const attributes = {
        ...edgeAttributes(edge),
        ltail: clusterName(edge.step),
        arrowtail: 'odot',
        dir: 'both',
      };
      return `  ${quoted(last)} -> ${quoted(edge.to)} ${list(attributes)};`;
    }),
    '}',
    '',
  ].join('\n');
}

function cluster(step: PictureStep): string[] {
  const { number, label, states, notes, mark } = step;
  const style = mark === undefined ? undefined : MARK_STYLES[mark];
  const name = number === undefined ? label : `${number} ${label}`;
  const attributes = {
    label: [markedName(name, mark), ...notes].join('\n'),
    labeljust: 'l',
    fontsize: 12,
    style: style === undefined ? 'rounded,filled' : `rounded,filled,${style.style}`,
    fillcolor: '#f6f8fa',
    color: style?.color ?? '#afb8c1',
    fontcolor: style?.color ?? '#24292f',
    penwidth: style?.width ?? 1,
    margin: 12,
  };
  const first = states.find(({ initial }) => initial);
  return [
    `  subgraph ${quoted(clusterName(step))} {`,
    `    graph ${list(attributes)};`,
    // No state is called so: their names begin with a letter.
    ...(first === undefined
      ? []
      : [`    " begin" ${list(BEGIN)};`, `    " begin" -> ${quoted(first.name)};`]),
    ...(states.length === 0 ? [`    ${quoted(` none ${step.key}`)} ${list(NO_STATE)};`] : []),
    ...states.map((state) => `    ${node(state)}`),
    '  }',
  ];
}

function node({ name, initial, terminal, notes, mark }: PictureState): string {
  const style = mark === undefined ? undefined : MARK_STYLES[mark];
  const attributes: Attributes = {
    label: [markedName(name, mark), ...wrapLines(notes)].join('\n'),
    ...(terminal && { peripheries: 2, style: 'filled' }),
    ...(style !== undefined && {
      color: style.color,
      fillcolor: style.fill,
      penwidth: style.width,
      style: `${terminal ? '' : 'rounded,'}filled,${style.style}`,
    }),
    ...(initial && { tooltip: `${name}: initial state` }),
    ...(terminal && { tooltip: `${name}: terminal state` }),
  };
  return `${quoted(name)} ${list(attributes)};`;
}

function edgeAttributes({ notes, mark }: Pick<PictureEdge, 'notes' | 'mark'>): Attributes {
  const style = mark === undefined ? undefined : MARK_STYLES[mark];
  const lines = wrapLines(notes);
  // Where notes have changed, each has a sign of its own.
  const label = mark === undefined || mark === 'changed' ? lines : [MARK_SIGNS[mark], ...lines];
  return {
    ...(label.length > 0 && { label: label.map((line) => ` ${line} `).join('\n') }),
    ...(style !== undefined && {
      color: style.color,
      fontcolor: style.color,
      style: style.style,
      penwidth: style.width,
    }),
  };
}

function clusterName({ key }: PictureStep): string {
  return `cluster_${key}`;
}
