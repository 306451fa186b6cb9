import { checkGraph, GRAPH_PROBLEM_CODES, type GraphProblemCode } from '../../src/graph';
import { fullGraph, type DraftRules } from './full-graph';

type Change = (graph: DraftRules) => void;
type Case = [code: GraphProblemCode, what: string, change: Change, path: string, message: RegExp];

const cases: Case[] = [
  [
    'UNKNOWN_RULE_STATE',
    'work of a state that there is not',
    (graph) => (graph.work['DRAFTT'] = { ...graph.work['CHECKING']! }),
    'work.DRAFTT',
    /state DRAFTT, which is in no step: correct the name/,
  ],
  [
    'UNKNOWN_RULE_STATE',
    'a deadline to a state that there is not',
    (graph) => (graph.deadlines['DRAFT']!.to = 'CANCELED'),
    'deadlines.DRAFT.to',
    /names state CANCELED/,
  ],
  [
    'UNKNOWN_RULE_STATE',
    'an approval to a state that there is not',
    (graph) => (graph.approvals[0]!.to = 'APROVED'),
    'approvals[0].to',
    /names state APROVED/,
  ],
  [
    'UNKNOWN_RULE_STATE',
    'a guard of a state that there is not',
    (graph) => (graph.guards[1]!.to = 'ORDERD'),
    'guards[1].to',
    /names state ORDERD/,
  ],
  [
    'RULE_WITHOUT_EDGE',
    'work that succeeds into a state that no transition leads to',
    (graph) => (graph.work['CHECKING']!.success = 'ORDERING'),
    'work.CHECKING.success',
    /transition from CHECKING to ORDERING: add ORDERING to `transitions.CHECKING`/,
  ],
  [
    'RULE_WITHOUT_EDGE',
    'an approval of a transition that there is not',
    (graph) => (graph.approvals[0]!.from = 'DRAFT'),
    'approvals[0]',
    /transition from DRAFT to ORDERING, which the graph does not have/,
  ],
  [
    'RULE_WITHOUT_EDGE',
    'a guard of a transition that there is not',
    (graph) => (graph.guards[0]!.from = 'ORDERING'),
    'guards[0]',
    /transition from ORDERING to CHECKING/,
  ],
  [
    'RULE_WITHOUT_EDGE',
    'a guard of a state that nothing leads to',
    (graph) => (graph.guards[1]!.to = 'DRAFT'),
    'guards[1]',
    /no state leads there/,
  ],
  [
    'RULE_WITHOUT_EDGE',
    'a cancellation that cannot end',
    (graph) => {
      graph.transitions['CANCELLING'] = ['CANCEL_FAILED'];
      graph.transitions['CANCEL_FAILED'] = ['CANCELLED'];
    },
    'cancellation.through',
    /transition from CANCELLING to CANCELLED/,
  ],
  [
    'RULE_WITHOUT_EDGE',
    'a cancellation that cannot fail',
    (graph) => (graph.cancellation!.failed = 'DRAFT'),
    'cancellation.failed',
    /transition from CANCELLING to DRAFT/,
  ],
  [
    'TERMINAL_WITH_RULE',
    'an undo of a terminal state',
    (graph) => (graph.undo['ORDERED'] = { activity: 'undo', taskQueue: 'orders' }),
    'undo.ORDERED',
    /terminal state ORDERED/,
  ],
  [
    'TERMINAL_WITH_RULE',
    'a deadline of a terminal state',
    (graph) => (graph.deadlines['ORDERED'] = { after: 'P1D', to: 'DRAFT' }),
    'deadlines.ORDERED',
    /remove it/,
  ],
  [
    'CONFLICTING_RULES',
    'work and children in one state',
    (graph) =>
      (graph.work['ORDERING'] = {
        activity: 'order',
        taskQueue: 'orders',
        success: 'ORDERED',
        failure: 'CHECK_FAILED',
      }),
    'children.ORDERING',
    /both work and children/,
  ],
  [
    'CONFLICTING_RULES',
    'an undo of the state in which undos run',
    (graph) => (graph.undo['CANCELLING'] = { activity: 'undo', taskQueue: 'orders' }),
    'undo.CANCELLING',
    /Cancellation leads through state CANCELLING/,
  ],
  [
    'AUTOMATIC_WITH_APPROVAL',
    'a deadline along a transition that needs approvals',
    (graph) => (graph.deadlines['CHECKED'] = { after: 'P1D', to: 'ORDERING' }),
    'deadlines.CHECKED.to',
    /from CHECKED to ORDERING by itself, but it needs approvals/,
  ],
  [
    'MISSING_FAILED',
    'children of which only some count, and nothing for too few',
    (graph) => delete graph.children['ORDERING']!.failed,
    'children.ORDERING',
    /must say in `failed`/,
  ],
  [
    'AMBIGUOUS_DEADLINE',
    'a deadline with both',
    (graph) => (graph.deadlines['DRAFT']!.at = 'metadata.until'),
    'deadlines.DRAFT',
    /both `after` and `at`/,
  ],
  [
    'AMBIGUOUS_DEADLINE',
    'a deadline with neither',
    (graph) => delete graph.deadlines['CHECKED']!.at,
    'deadlines.CHECKED',
    /neither `after` nor `at`/,
  ],
  [
    'UNKNOWN_TIME_ZONE',
    'a time zone that there is not',
    (graph) => (graph.deadlines['DRAFT']!.timeZone = 'Europe/Amsterdm'),
    'deadlines.DRAFT.timeZone',
    /Europe\/Amsterdm, which is no time zone/,
  ],
  [
    'DUPLICATE_REMINDER',
    'a reminder at the same time, written in another way',
    (graph) =>
      graph.deadlines['DRAFT']!.reminders!.push({ before: 'PT24H', activity: 'remind', taskQueue: 'orders' }),
    'deadlines.DRAFT.reminders[1].before',
    /as long as that of an earlier reminder/,
  ],
  [
    'REMINDER_TOO_EARLY',
    'a reminder before the state is entered',
    (graph) => (graph.deadlines['DRAFT']!.reminders![0]!.before = 'P2W'),
    'deadlines.DRAFT.reminders[0].before',
    /P2W, which must be shorter than the deadline's P14D/,
  ],
  [
    'DUPLICATE_APPROVAL',
    'a transition with approvals twice',
    (graph) => graph.approvals.push({ ...graph.approvals[0]! }),
    'approvals[1]',
    /from CHECKED to ORDERING has approvals twice/,
  ],
  [
    'DUPLICATE_ROLE',
    'a role listed twice',
    (graph) => graph.approvals[0]!.roles.push('owner'),
    'approvals[0].roles[2]',
    /role owner twice/,
  ],
  [
    'TOO_FEW_ROLES',
    'more distinct roles than there are',
    (graph) => (graph.approvals[0]!.count = 3),
    'approvals[0].count',
    /needs 3 distinct roles, but lists 2/,
  ],
  [
    'DUPLICATE_GUARD',
    'two guards of one name',
    (graph) => (graph.guards[1]!.name = 'within-budget'),
    'guards[1].name',
    /called `within-budget`/,
  ],
  [
    'MISSING_CANCELLATION',
    'undos without a state to run in',
    (graph) => delete graph.cancellation,
    'undo',
    /say in `cancellation` in which state they run/,
  ],
  [
    'CANCELLED_NOT_TERMINAL',
    'a cancellation without CANCELLED',
    (graph) => {
      graph.terminal = graph.terminal.filter((state) => state !== 'CANCELLED');
      graph.steps[0]!.states.push('CANCELLED');
      graph.transitions['CANCELLED'] = ['ORDERED'];
    },
    'cancellation',
    /add that state to `terminal`/,
  ],
  [
    'INVALID_EXPRESSION',
    'a condition that cannot be read',
    (graph) => (graph.guards[0]!.when = 'metadata.amount <='),
    'guards[0].when',
    /cannot be evaluated: Unexpected token: EOF\. Correct/,
  ],
  [
    'INVALID_EXPRESSION',
    'a condition that is a number',
    (graph) => (graph.guards[0]!.when = 'size(metadata.lines)'),
    'guards[0].when',
    /type int, but must be true or false/,
  ],
  [
    'INVALID_EXPRESSION',
    'items that are a text',
    (graph) => (graph.children['ORDERING']!.items = '"lines"'),
    'children.ORDERING.items',
    /type string, but must be a list/,
  ],
  [
    'INVALID_EXPRESSION',
    'a time that is a number',
    (graph) => (graph.deadlines['CHECKED']!.at = '1 + 1'),
    'deadlines.CHECKED.at',
    /type int, but must be a time/,
  ],
  [
    'INVALID_EXPRESSION',
    'a request where there is none',
    (graph) => (graph.deadlines['CHECKED']!.at = 'request.metadata.until'),
    'deadlines.CHECKED.at',
    /Unknown variable: request/,
  ],
];

test('a graph with every rule is valid, and comes back as it was given', () => {
  expect(checkGraph(fullGraph())).toEqual({ ok: true, graph: fullGraph() });
});

test.each(cases)('%s: %s', (code, _what, change, path, message) => {
  const graph = fullGraph();
  change(graph);
  expect(checkGraph(graph)).toEqual({
    ok: false,
    problems: [{ code, path, message: expect.stringMatching(message) as string }],
  });
});

test('every problem code of rules has a failing example', () => {
  const codes = Object.keys(GRAPH_PROBLEM_CODES);
  expect(new Set(cases.map(([code]) => code))).toEqual(
    new Set(codes.slice(codes.indexOf('UNKNOWN_RULE_STATE'))),
  );
});

test.each<[string, Change, string]>([
  [
    'a timeout in months',
    (graph) => (graph.work['CHECKING']!.startToCloseTimeout = 'P1M'),
    'work.CHECKING.startToCloseTimeout',
  ],
  ['a duration of nothing', (graph) => (graph.deadlines['DRAFT']!.after = 'PT0S'), 'deadlines.DRAFT.after'],
  ['a duration in words', (graph) => (graph.deadlines['DRAFT']!.after = '14 days'), 'deadlines.DRAFT.after'],
  [
    'a duration of centuries',
    (graph) => (graph.deadlines['DRAFT']!.after = 'P101Y'),
    'deadlines.DRAFT.after',
  ],
  [
    'no attempts',
    (graph) => (graph.work['CHECKING']!.retry!.maximumAttempts = 0),
    'work.CHECKING.retry.maximumAttempts',
  ],
  ['no votes', (graph) => (graph.approvals[0]!.count = 0), 'approvals[0].count'],
  ['no roles', (graph) => (graph.approvals[0]!.roles = []), 'approvals[0].roles'],
  ['until none', (graph) => (graph.children['ORDERING']!.until = 'none'), 'children.ORDERING.until'],
  ['no graph', (graph) => (graph.children['ORDERING']!.graph = 'Order@0'), 'children.ORDERING.graph'],
  ['no expression', (graph) => (graph.guards[0]!.when = ''), 'guards[0].when'],
  ['a guard name with spaces', (graph) => (graph.guards[0]!.name = 'within budget'), 'guards[0].name'],
])('%s is refused by its form', (_what, change, path) => {
  const graph = fullGraph();
  change(graph);
  expect(checkGraph(graph)).toMatchObject({ ok: false, problems: [{ code: 'INVALID_VALUE', path }] });
});

test('no transition has to lead to the state in which a cancelled intent is undone', () => {
  const graph = fullGraph();
  for (const [from, targets] of Object.entries(graph.transitions)) {
    if (from === 'CANCEL_FAILED') continue;
    graph.transitions[from] = targets.filter((to) => to !== 'CANCELLING');
  }
  expect(checkGraph(graph)).toMatchObject({ ok: true });
});

test('a reminder in months is fine where it may be shorter than the deadline', () => {
  const graph = fullGraph();
  graph.deadlines['DRAFT']!.after = 'P31D';
  graph.deadlines['DRAFT']!.reminders![0]!.before = 'P1M';
  expect(checkGraph(graph)).toMatchObject({ ok: true });
});

test.each(['work', 'children', 'deadlines', 'undo'])('`__proto__` in `%s` is not lost silently', (key) => {
  const graph: unknown = JSON.parse(
    JSON.stringify({ ...fullGraph(), [key]: {} }).replace(`"${key}":{}`, `"${key}":{"__proto__":{}}`),
  );
  expect(checkGraph(graph)).toMatchObject({ ok: false, problems: [{ code: 'INVALID_VALUE', path: key }] });
});
