import {
  allStates,
  BUILTIN_GRAPHS,
  checkGraph,
  contentIntentGraph,
  initialState,
  nextStates,
  WORKFLOW_STEPS,
} from '../../src/graph';

// A registered version never changes. What follows is the promise, written down apart from the graph itself.
const table = `
  | 1 icp | CREATED, ICP_PENDING, ICP_PROCESSING, ICP_FAILED |
  | 2 competitors | ICP_COMPLETED, COMPETITOR_PENDING, COMPETITOR_PROCESSING, COMPETITOR_FAILED |
  | 3 keywords | COMPETITOR_COMPLETED, SEED_REVIEW_PENDING, SEED_REVIEW_COMPLETED, CLUSTERING_PENDING, CLUSTERING_PROCESSING, CLUSTERING_FAILED |
  | 4 topics | CLUSTERING_COMPLETED |
  | 5 validation | VALIDATION_PENDING, VALIDATION_PROCESSING, VALIDATION_COMPLETED, VALIDATION_FAILED |
  | 6 article | ARTICLE_PENDING, ARTICLE_PROCESSING, ARTICLE_COMPLETED, ARTICLE_FAILED |
  | 7 publish | PUBLISH_PENDING, PUBLISH_PROCESSING, PUBLISH_COMPLETED, PUBLISH_FAILED |
  | (terminal) | COMPLETED, CANCELLED |`;

const phases = ['ICP', 'COMPETITOR', 'CLUSTERING', 'VALIDATION', 'ARTICLE', 'PUBLISH'];

const connections = [
  'CREATED ICP_PENDING',
  'ICP_COMPLETED COMPETITOR_PENDING',
  'COMPETITOR_COMPLETED SEED_REVIEW_PENDING',
  'SEED_REVIEW_PENDING SEED_REVIEW_COMPLETED',
  'SEED_REVIEW_COMPLETED CLUSTERING_PENDING',
  'CLUSTERING_COMPLETED VALIDATION_PENDING',
  'VALIDATION_COMPLETED ARTICLE_PENDING',
  'ARTICLE_COMPLETED PUBLISH_PENDING',
  'PUBLISH_COMPLETED COMPLETED',
];

const phaseEdges = (x: string) => [
  `${x}_PENDING ${x}_PROCESSING`,
  `${x}_PROCESSING ${x}_COMPLETED`,
  `${x}_PROCESSING ${x}_FAILED`,
  `${x}_FAILED ${x}_PROCESSING`,
];

test('content-intent@1 has the 29 states of its table, in order', () => {
  const rows = contentIntentGraph.steps.map(
    ({ key, states }, i) => `  | ${i + 1} ${key} | ${states.join(', ')} |`,
  );
  const ends = `  | (terminal) | ${contentIntentGraph.terminal.join(', ')} |`;
  expect(`\n${[...rows, ends].join('\n')}`).toBe(table);
  expect(allStates(contentIntentGraph)).toHaveLength(29);
  expect(initialState(contentIntentGraph)).toBe('CREATED');
});

test('content-intent@1 has exactly the 60 edges it promises', () => {
  const open = contentIntentGraph.steps.flatMap(({ states }) => states);
  const expected = [
    ...connections,
    ...phases.flatMap(phaseEdges),
    ...open.map((state) => `${state} CANCELLED`),
  ].toSorted();
  const edges = allStates(contentIntentGraph)
    .flatMap((from) => nextStates(contentIntentGraph, from).map((to) => `${from} ${to}`))
    .toSorted();
  expect(edges).toEqual(expected);
  expect(edges).toHaveLength(60);
});

test('WORKFLOW_STEPS numbers the seven steps of the graph', () => {
  expect(WORKFLOW_STEPS.map(({ number, key }) => `${number} ${key}`)).toEqual([
    '1 icp',
    '2 competitors',
    '3 keywords',
    '4 topics',
    '5 validation',
    '6 article',
    '7 publish',
  ]);
});

test('every built-in graph is valid and no reference is taken twice', () => {
  expect(BUILTIN_GRAPHS).toContain(contentIntentGraph);
  expect(BUILTIN_GRAPHS.filter((graph) => !checkGraph(graph).ok)).toEqual([]);
  const references = BUILTIN_GRAPHS.map(({ name, version }) => `${name}@${version}`);
  expect(new Set(references).size).toBe(references.length);
});
