import { foldEdges } from './fold-edges';
import { markedName, MARK_SIGNS, type Mark, type Picture, type PictureState } from './picture';

/** Words of Mermaid's language, which can't be the id of a state, in lower case. */
const RESERVED = new Set([
  ...['state', 'note', 'end', 'class', 'classdef', 'style', 'default', 'direction', 'click', 'href', 'as'],
  ...['fork', 'join', 'choice', 'scale', 'hide', 'left', 'right', 'of', 'root', 'acctitle', 'accdescr'],
  ...['constructor', 'prototype', 'tostring', 'valueof', 'hasownproperty'],
]);

/** Told apart without colour too: by the line, and by the sign before the name. */
const CLASSES: Record<Mark, string> = {
  added: 'fill:#dafbe1,stroke:#1a7f37,stroke-width:3px,color:#000',
  removed: 'fill:#ffebe9,stroke:#b3261e,stroke-dasharray:6 4,color:#000',
  moved: 'fill:#ddf4ff,stroke:#0a5cc2,stroke-dasharray:2 3,color:#000',
  changed: 'fill:#fff8c5,stroke:#8a5a00,color:#000',
};

/** Is kept with the word behind it. */
const SIGN = new RegExp(`^([${Object.values(MARK_SIGNS).join('')}]) `);

/**
 * The picture as a `stateDiagram-v2` of Mermaid, which GitHub and GitLab draw in Markdown. Steps are composite states;
 * an arrow from one leaves every state in it.
 *
 * @example
 * toMermaid(pictureOfGraph(contentIntentGraph)) // 'stateDiagram-v2\n…'
 */
export function toMermaid(picture: Picture): string {
  const { title, steps, terminal } = picture;
  const states = [...steps.flatMap((step) => step.states), ...terminal];
  const ids = idsOf(
    states.map(({ name }) => name),
    steps.map(({ key }) => key),
  );
  const { edges, stepEdges } = foldEdges(picture);
  const begin = states.find(({ initial }) => initial);
  const marked = [
    ...states.map(({ name, mark }) => ({ id: ids.state(name), mark })),
    ...steps.map(({ key, mark }) => ({ id: ids.step(key), mark })),
  ];
  return [
    'stateDiagram-v2',
    `  accTitle: ${title.replaceAll(/[\r\n]+/g, ' ')}`,
    ...steps.flatMap(({ number, key, label, states: own, notes, mark }) => {
      const name = number === undefined ? label : `${number} ${label}`;
      const head = `  state "${described([markedName(name, mark), ...notes])}" as ${ids.step(key)}`;
      if (own.length === 0) return [head];
      return [`${head} {`, ...own.map((state) => `    ${declared(state, ids.state(state.name))}`), '  }'];
    }),
    ...terminal.map((state) => `  ${declared(state, ids.state(state.name))}`),
    ...(begin === undefined ? [] : [`  [*] --> ${ids.state(begin.name)}`]),
    ...edges.map(({ from, to, ...edge }) => `  ${ids.state(from)} --> ${ids.state(to)}${labelled(edge)}`),
    ...stepEdges.map(
      ({ step, to, ...edge }) => `  ${ids.step(step.key)} --> ${ids.state(to)}${labelled(edge)}`,
    ),
    ...terminal.map(({ name }) => `  ${ids.state(name)} --> [*]`),
    ...(Object.keys(CLASSES) as Mark[]).flatMap((mark) => {
      const members = marked.filter((each) => each.mark === mark).map(({ id }) => id);
      if (members.length === 0) return [];
      return [`  classDef ${mark} ${CLASSES[mark]}`, `  class ${members.join(',')} ${mark}`];
    }),
    '',
  ].join('\n');
}

function declared({ name, notes, mark }: PictureState, id: string): string {
  return `state "${described([markedName(name, mark), ...notes])}" as ${id}`;
}

function labelled({ notes, mark }: { notes: readonly string[]; mark?: Mark }): string {
  const lines = mark === undefined ? notes : [`${MARK_SIGNS[mark]} ${mark}`, ...notes];
  return lines.length === 0 ? '' : ` : ${described(lines)}`;
}

/** Lines as Mermaid shows them again: signs that it takes for its own are written as codes. */
function described(lines: readonly string[]): string {
  return lines
    .map((line) =>
      line
        .replace(SIGN, '$1\u00a0')
        .replaceAll(/["#;:<>{}[\]\\`*&%$\r\n]/g, (character) => `#${character.codePointAt(0)};`),
    )
    .join('<br/>');
}

/** An id for each state, its name where that may be, and one for each step. */
function idsOf(states: readonly string[], steps: readonly string[]) {
  const taken = new Set(states);
  const free = (wanted: string): string => {
    let id = wanted;
    while (taken.has(id)) id += '_';
    taken.add(id);
    return id;
  };
  const ofState = new Map(
    states.map((name) => [name, RESERVED.has(name.toLowerCase()) ? free(`${name}_`) : name]),
  );
  const ofStep = new Map(steps.map((key, index) => [key, free(`step${index + 1}`)]));
  return {
    state: (name: string) => ofState.get(name) ?? name,
    step: (key: string) => ofStep.get(key) ?? key,
  };
}
