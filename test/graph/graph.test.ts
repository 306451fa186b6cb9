import { checkGraph, contentIntentGraph, parseGraph } from '../../src/graph';

const minimal = {
  name: 'minimal',
  version: 1,
  steps: [{ key: 'only', label: 'Only', states: ['OPEN'] }],
  transitions: { OPEN: ['DONE'] },
  terminal: ['DONE'],
};

/** Codes and places of what is wrong with the form. */
function refusals(value: unknown): string[] {
  const parsed = parseGraph(value);
  return parsed.ok ? [] : parsed.problems.map(({ code, path }) => `${code} ${path ?? ''}`.trim());
}

test('a graph survives JSON and parsing unchanged', () => {
  const parsed = parseGraph(JSON.parse(JSON.stringify(contentIntentGraph)));
  expect(parsed).toEqual({ ok: true, graph: contentIntentGraph });
});

test('what is parsed shares nothing with its source', () => {
  const source = structuredClone(minimal);
  const parsed = parseGraph(source);
  source.transitions.OPEN.push('OPEN');
  source.steps[0]?.states.push('LATER');
  expect(parsed).toEqual({ ok: true, graph: minimal });
});

test('$schema, title and description are optional and kept', () => {
  const graph = { ...minimal, $schema: './graph.schema.json', title: 'Minimal', description: 'Two states.' };
  expect(parseGraph(graph)).toEqual({ ok: true, graph });
});

test('a key of graphs is an unknown one anywhere but at the top', () => {
  const step = { key: 'only', label: 'Only', states: ['OPEN'], guards: {} };
  expect(refusals({ ...minimal, steps: [step] })).toEqual(['UNKNOWN_KEY steps[0].guards']);
});

test.each([
  ['null', null, ['INVALID_VALUE']],
  ['a list', [], ['INVALID_VALUE']],
  ['text', 'graph', ['INVALID_VALUE']],
  [
    'an empty object',
    {},
    ['name', 'version', 'steps', 'transitions', 'terminal'].map((key) => `INVALID_VALUE ${key}`),
  ],
])('%s is no graph', (_what, value, expected) => {
  expect(refusals(value)).toEqual(expected);
});

test.each(['Content', 'content_intent', '-content', 'content-', 'a--b', '1st', '', 'a'.repeat(64), 'a\n'])(
  'the name %j is refused',
  (name) => {
    expect(refusals({ ...minimal, name })).toContain('INVALID_VALUE name');
  },
);

test.each(['a', 'content-intent', 'v2-x9', 'a'.repeat(63)])('the name %j is accepted', (name) => {
  expect(refusals({ ...minimal, name })).toEqual([]);
});

test.each([0, -1, 1.5, '1', NaN, Infinity, 2 ** 31, null])('the version %p is refused', (version) => {
  expect(refusals({ ...minimal, version })).toContain('INVALID_VALUE version');
});

test.each(['1ST', '_X', 'IN REVIEW', 'IN-REVIEW', 'ÄNDERN', '', 'A'.repeat(64), '__proto__', 'A\n'])(
  'the state name %j is refused wherever it stands',
  (state) => {
    expect(refusals({ ...minimal, steps: [{ key: 'only', label: 'Only', states: [state] }] })).toContain(
      'INVALID_VALUE steps[0].states[0]',
    );
    expect(refusals({ ...minimal, transitions: { OPEN: [state] } })).toContain(
      'INVALID_VALUE transitions.OPEN[0]',
    );
    expect(refusals({ ...minimal, terminal: [state] })).toContain('INVALID_VALUE terminal[0]');
    const source: unknown = JSON.parse(
      JSON.stringify(minimal).replace('"OPEN":[', `${JSON.stringify(state)}:[`),
    );
    expect(refusals(source)).not.toEqual([]);
  },
);

test.each(['constructor', 'toString', 'hasOwnProperty'])('%s is a state like any other', (state) => {
  const graph = {
    ...minimal,
    steps: [{ key: 'only', label: 'Only', states: ['OPEN', state] }],
    transitions: { OPEN: [state], [state]: ['DONE'] },
  };
  expect(checkGraph(graph)).toEqual({ ok: true, graph });

  const unknown = checkGraph({ ...minimal, transitions: { OPEN: ['DONE', state] } });
  expect(unknown).toMatchObject({ ok: false, problems: [{ code: 'UNKNOWN_TARGET' }] });
});

test.each(['a\u0000b', 'a\uD800', '\uDC00b'])('text that Postgres cannot store is refused: %j', (title) => {
  expect(refusals({ ...minimal, title })).toEqual(['INVALID_VALUE title']);
  expect(refusals({ ...minimal, title: 'Größe 🙂' })).toEqual([]);
});

test('a message names its place and what is expected there', () => {
  expect(parseGraph({ ...minimal, version: 0 })).toMatchObject({
    problems: [{ message: '`version`: must be 1 or more.', path: 'version' }],
  });
});
