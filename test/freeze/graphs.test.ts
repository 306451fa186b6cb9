import { readFrozen } from './frozen-files';
import { compareGraphs, presentGraphs, type FrozenGraph } from './graphs';

const { graphs: frozen } = readFrozen();
let present: FrozenGraph[];
beforeAll(async () => {
  present = await presentGraphs();
});

/** The real graphs, with one as somebody might edit it. */
function withEdited(name: string, edit: (graph: FrozenGraph['graph']) => object): FrozenGraph[] {
  return present.map((one) =>
    one.graph.name === name ? { ...one, graph: { ...one.graph, ...edit(one.graph) } } : one,
  );
}

test('the built-in graph and those of the examples are frozen', () => {
  expect(present.map(({ source, graph }) => `${source} ${graph.name}@${graph.version}`)).toEqual(
    expect.arrayContaining(['builtin content-intent@1', 'example order@1', 'example travel-declarations@1']),
  );
});

test('an edge that was added under the same version is caught by its name', () => {
  const edited = withEdited('content-intent', ({ transitions }) => ({
    transitions: { ...transitions, CREATED: ['COMPLETED', ...(transitions['CREATED'] ?? [])] },
  }));
  expect(compareGraphs(frozen, edited)).toEqual([
    {
      verdict: 'incompatible',
      subject: 'graph content-intent@1',
      what: 'has another definition under the same version: transitions.CREATED: gained "COMPLETED"',
      fix: expect.stringContaining('the next version') as string,
    },
  ]);
});

test('a label that was reworded is caught, in an example too', () => {
  const edited = withEdited('order', ({ steps }) => ({
    steps: steps.map((step) => (step.key === 'cart' ? { ...step, label: 'Basket' } : step)),
  }));
  expect(compareGraphs(frozen, edited).map(({ what }) => what)).toEqual([
    'has another definition under the same version: steps[0].label: "Cart" → "Basket"',
  ]);
});

test('the next version of an example may take its place, and of a built-in graph not', () => {
  const raised = (name: string) =>
    compareGraphs(
      frozen,
      withEdited(name, () => ({ version: 2 })),
    ).map(({ verdict, subject }) => `${verdict}: ${subject}`);
  expect(raised('order')).toEqual(['not-frozen: graph order@2']);
  expect(raised('content-intent')).toEqual([
    'incompatible: graph content-intent@1',
    'not-frozen: graph content-intent@2',
  ]);
});

test('a version that has gone stays taken', () => {
  const gone = frozen.map((one): FrozenGraph => ({ ...one, source: 'gone' }));
  expect(compareGraphs(gone, [])).toEqual([]);
  const edited = withEdited('order', () => ({ title: 'Another' }));
  expect(compareGraphs(gone, edited).map(({ subject }) => subject)).toEqual(['graph order@1']);
});
