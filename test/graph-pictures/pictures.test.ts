import { contentIntentGraph, type Graph } from '../../src/graph';
import { diffGraphs } from '../../src/graph-pictures/diff-graphs';
import { foldEdges } from '../../src/graph-pictures/fold-edges';
import { pictureOfDiff } from '../../src/graph-pictures/picture-of-diff';
import { pictureOfGraph } from '../../src/graph-pictures/picture-of-graph';
import { toMermaid } from '../../src/graph-pictures/to-mermaid';
import { toSvg } from '../../src/graph-pictures/to-svg';
import { changed, expense } from './graphs-with-rules';

/** Names and texts that mean something in DOT, Mermaid or SVG. */
const HOSTILE = {
  name: 'hostile',
  version: 1,
  title: 'A "title" & <script>alert(1)</script> \\N\nand more',
  steps: [{ key: 'a-b', label: '"; # : {x} [*] --> \\N %% <b>', states: ['state', 'end', 'step1', 'note'] }],
  transitions: { state: ['end'], end: ['step1'], step1: ['note'], note: ['class'] },
  terminal: ['class'],
  guards: [{ name: 'a:b;c "q" <x>', from: 'note', to: 'class', when: 'true', because: 'of "that"' }],
} as const satisfies Graph & Record<string, unknown>;

const NEXT = changed(contentIntentGraph, (copy) => {
  copy.steps.splice(3, 1, { key: 'legal', label: 'Legal', states: ['LEGAL_PENDING'] });
  copy.steps.push(...copy.steps.splice(1, 1));
  copy.transitions['CLUSTERING_PROCESSING'] = ['LEGAL_PENDING', 'CLUSTERING_FAILED', 'CANCELLED'];
  copy.transitions['LEGAL_PENDING'] = ['VALIDATION_PENDING', 'CANCELLED'];
  delete copy.transitions['CLUSTERING_COMPLETED'];
  copy['deadlines'] = { SEED_REVIEW_PENDING: { after: 'P14D', to: 'CANCELLED' } };
});
const DIFF = pictureOfDiff(contentIntentGraph, NEXT, diffGraphs(contentIntentGraph, NEXT));

const PICTURES = Object.entries({
  'content-intent': pictureOfGraph(contentIntentGraph),
  'a graph with rules': pictureOfGraph(expense),
  'a difference': DIFF,
  'hostile names': pictureOfGraph(HOSTILE),
});

test.each(PICTURES)(
  'every line of the Mermaid of %s is a statement, and its frames are closed',
  (_name, picture) => {
    // Words that Mermaid's lexer takes for its own are no ids.
    const id = String.raw`(?!(?:state|end|note|class)\b)[A-Za-z]\w*`;
    const text = String.raw`(?:[^"#;:<>{}[\]\\%\n]|#\d+;|<br/>)+`;
    const statement = new RegExp(
      `^(?:state "${text}" as ${id}(?: \\{)?|\\}|(?:\\[\\*\\]|${id}) --> (?:\\[\\*\\]|${id})(?: : ${text})?` +
        `|accTitle: .+|classDef ${id} [\\w:,# -]+|class ${id}(?:,${id})* ${id})$`,
    );
    const [first, ...lines] = toMermaid(picture).trimEnd().split('\n');
    expect(first).toBe('stateDiagram-v2');
    expect(lines.filter((line) => !statement.test(line.trim()))).toEqual([]);
    expect(lines.filter((line) => line.endsWith('{'))).toHaveLength(picture.steps.length);
    expect(lines.filter((line) => line.trim() === '}')).toHaveLength(picture.steps.length);
  },
);

test.each(PICTURES)(
  'the SVG of %s has every state and frame, and an arrow for each edge or fold',
  async (_name, picture) => {
    const svg = await toSvg(picture);
    expect(svg).toMatch(/^<\?xml.*<\/svg>\s*$/s);
    expect(svg).not.toMatch(/<script|<b>/);
    const { edges, stepEdges } = foldEdges(picture);
    const states = [...picture.steps.flatMap((step) => step.states), ...picture.terminal];
    // The mark of the beginning is a node and an edge more.
    expect(svg.match(/class="node"/g)).toHaveLength(states.length + 1);
    expect(svg.match(/class="edge"/g)).toHaveLength(edges.length + stepEdges.length + 1);
    expect(svg.match(/class="cluster"/g)).toHaveLength(picture.steps.length);
    for (const { name } of states) expect(svg).toContain(name);
  },
);

test('an edge that all states of a step have is one arrow from its frame', () => {
  const { edges, stepEdges } = foldEdges(pictureOfGraph(contentIntentGraph));
  expect(stepEdges.map(({ step, to }) => `${step.key} → ${to}`)).toEqual(
    ['icp', 'competitors', 'keywords', 'validation', 'article', 'publish'].map((key) => `${key} → CANCELLED`),
  );
  // A step of one state needs no frame to leave from.
  expect(edges.filter(({ to }) => to === 'CANCELLED').map(({ from }) => from)).toEqual([
    'CLUSTERING_COMPLETED',
  ]);
});

test('an edge of which more is said is drawn beside the arrow of the frame', () => {
  const { edges, stepEdges } = foldEdges(pictureOfGraph(NEXT));
  expect(edges).toContainEqual({ from: 'SEED_REVIEW_PENDING', to: 'CANCELLED', notes: ['after P14D'] });
  expect(stepEdges.map(({ step, to }) => `${step.key} → ${to}`)).toContain('keywords → CANCELLED');
});

test('an edge that one state of a step alone gained or lost is not hidden in the frame', () => {
  const without = changed(contentIntentGraph, (copy) => {
    copy.transitions['ICP_FAILED'] = ['ICP_PROCESSING'];
  });
  const picture = pictureOfDiff(contentIntentGraph, without, diffGraphs(contentIntentGraph, without));
  const { edges, stepEdges } = foldEdges(picture);
  expect(stepEdges.filter(({ step }) => step.key === 'icp')).toEqual([]);
  expect(edges).toContainEqual({ from: 'ICP_FAILED', to: 'CANCELLED', notes: [], mark: 'removed' });
});

test('a difference is told by signs, words and lines as well as by colour', async () => {
  const svg = await toSvg(DIFF);
  expect(svg).toMatch(/>\+ LEGAL_PENDING</);
  expect(svg).toMatch(/>− CLUSTERING_COMPLETED</);
  expect(svg).toMatch(/>↕ 7 Competitors</);
  expect(svg).toMatch(/>was step 2</);
  expect(svg).toContain('stroke-dasharray');
  expect(svg).toMatch(/stroke-width="2.5"/);
  expect(svg).toMatch(/added: bold/);

  const mermaid = toMermaid(DIFF);
  expect(mermaid).toContain('CLUSTERING_PROCESSING --> LEGAL_PENDING : +\u00a0added');
  expect(mermaid).toContain('CLUSTERING_PROCESSING --> CLUSTERING_COMPLETED : −\u00a0removed');
  expect(mermaid).toContain('SEED_REVIEW_PENDING --> CANCELLED : ~\u00a0changed<br/>+\u00a0after P14D');
  expect(mermaid).toMatch(/classDef removed .*stroke-dasharray/);
});
