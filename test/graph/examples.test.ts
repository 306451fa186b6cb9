import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { parse } from 'csv-parse/sync';

import orderGraph, { type OrderState } from '../../examples/order/graph';
import { checkGraph, hasEdge, initialState, nextStates, validateGraph, type Graph } from '../../src/graph';

const examples = join(__dirname, '../../examples');
const travelFile = join(examples, 'travel-declarations/graph.json');

/** The 34 steps that declarations take in the event log: every activity with those that follow it. */
const travelLog: Record<string, string[]> = {
  '(start)': ['SAVED_BY_EMPLOYEE', 'SUBMITTED_BY_EMPLOYEE'],
  APPROVED_BY_ADMINISTRATION: [
    'APPROVED_BY_BUDGET_OWNER',
    'FINAL_APPROVED_BY_SUPERVISOR',
    'REJECTED_BY_BUDGET_OWNER',
    'REJECTED_BY_SUPERVISOR',
  ],
  APPROVED_BY_BUDGET_OWNER: ['FINAL_APPROVED_BY_SUPERVISOR', 'REJECTED_BY_SUPERVISOR'],
  APPROVED_BY_PRE_APPROVER: ['FINAL_APPROVED_BY_SUPERVISOR', 'REJECTED_BY_SUPERVISOR'],
  FINAL_APPROVED_BY_SUPERVISOR: ['REJECTED_BY_MISSING', 'PAYMENT_HANDLED', 'REQUEST_PAYMENT'],
  REJECTED_BY_ADMINISTRATION: ['REJECTED_BY_EMPLOYEE', 'SUBMITTED_BY_EMPLOYEE'],
  REJECTED_BY_BUDGET_OWNER: ['REJECTED_BY_EMPLOYEE'],
  REJECTED_BY_EMPLOYEE: ['SUBMITTED_BY_EMPLOYEE'],
  REJECTED_BY_MISSING: ['SUBMITTED_BY_EMPLOYEE'],
  REJECTED_BY_PRE_APPROVER: ['REJECTED_BY_EMPLOYEE', 'SUBMITTED_BY_EMPLOYEE'],
  REJECTED_BY_SUPERVISOR: ['REJECTED_BY_EMPLOYEE', 'SUBMITTED_BY_EMPLOYEE', 'REQUEST_PAYMENT'],
  SAVED_BY_EMPLOYEE: ['REQUEST_PAYMENT'],
  SUBMITTED_BY_EMPLOYEE: [
    'APPROVED_BY_ADMINISTRATION',
    'APPROVED_BY_PRE_APPROVER',
    'FINAL_APPROVED_BY_SUPERVISOR',
    'REJECTED_BY_ADMINISTRATION',
    'REJECTED_BY_EMPLOYEE',
    'REJECTED_BY_PRE_APPROVER',
    'REJECTED_BY_SUPERVISOR',
  ],
  PAYMENT_HANDLED: ['REJECTED_BY_EMPLOYEE'],
  REQUEST_PAYMENT: ['REJECTED_BY_MISSING', 'PAYMENT_HANDLED'],
};

const fullName = (short: string) => {
  if (short === '(start)') return 'CREATED';
  return short.includes('PAYMENT') ? short : `DECLARATION_${short}`;
};

const stepsOfLog = Object.entries(travelLog)
  .flatMap(([from, targets]) => targets.map((to) => `${fullName(from)} ${fullName(to)}`))
  .toSorted();

const stateOf = (activity: string) => activity.toUpperCase().replace(/[^A-Z0-9]+/g, '_');

function travelGraph(): Graph {
  const checked = checkGraph(JSON.parse(readFileSync(travelFile, 'utf8')));
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.graph;
}

function excerpt(): { case_id: string; activity: string; timestamp: string; role: string }[] {
  return parse(readFileSync(join(examples, 'travel-declarations/excerpt.csv')), { columns: true });
}

/** The steps that the rows take, each with the state before it. */
function stepsOfExcerpt(graph: Graph): [from: string, to: string][] {
  let previous: { case_id: string; state: string } | undefined;
  return excerpt().map(({ case_id, activity }) => {
    const from = previous?.case_id === case_id ? previous.state : initialState(graph);
    previous = { case_id, state: stateOf(activity) };
    return [from, previous.state];
  });
}

test('travel declarations: the graph is valid and names a schema that exists', () => {
  const graph = travelGraph();
  expect(validateGraph(graph)).toEqual([]);
  const schema = resolve(dirname(travelFile), graph.$schema ?? '');
  expect(JSON.parse(readFileSync(schema, 'utf8'))).toHaveProperty('title', 'Workflow graph');
});

test('travel declarations: the graph allows the 34 steps of the event log, and closing where declarations end', () => {
  const graph = travelGraph();
  const edges = Object.keys(graph.transitions).flatMap((from) =>
    nextStates(graph, from).map((to) => `${from} ${to}`),
  );
  const closing = [
    'DECLARATION_REJECTED_BY_EMPLOYEE CLOSED',
    'DECLARATION_REJECTED_BY_MISSING CLOSED',
    'DECLARATION_SAVED_BY_EMPLOYEE CLOSED',
    'PAYMENT_HANDLED CLOSED',
  ];
  expect(stepsOfLog).toHaveLength(34);
  expect(edges.toSorted()).toEqual([...stepsOfLog, ...closing].toSorted());
});

test('travel declarations: every row of the excerpt follows an edge, and all 34 steps occur', () => {
  const graph = travelGraph();
  const steps = stepsOfExcerpt(graph);
  expect(steps.filter(([from, to]) => !hasEdge(graph, from, to))).toEqual([]);
  expect([...new Set(steps.map((step) => step.join(' ')))].toSorted()).toEqual(stepsOfLog);
});

test('travel declarations: the excerpt holds ten cases, each in one piece, in order of time and ready to be closed', () => {
  const graph = travelGraph();
  const rows = excerpt();
  const starts = rows.flatMap(({ case_id }, i) => (case_id === rows[i - 1]?.case_id ? [] : [i]));
  const cases = starts.map((start, i) => rows.slice(start, starts[i + 1]));
  expect(new Set(rows.map(({ case_id }) => case_id)).size).toBe(10);
  expect(cases).toHaveLength(10);
  for (const rowsOfCase of cases) {
    const times = rowsOfCase.map(({ timestamp }) => Date.parse(timestamp));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(nextStates(graph, stateOf(rowsOfCase.at(-1)?.activity ?? ''))).toContain('CLOSED');
  }
});

test('order: the graph is valid, and an open order may be changed again and again', () => {
  const open: OrderState = 'OPEN';
  expect(validateGraph(orderGraph)).toEqual([]);
  expect(initialState(orderGraph)).toBe(open);
  expect(hasEdge(orderGraph, open, open)).toBe(true);
});
