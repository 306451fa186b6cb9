import fc from 'fast-check';

import { contentIntentGraph, type Graph } from '../../src/graph';
import { diffGraphs } from '../../src/graph-pictures/diff-graphs';
import { diffValues } from '../../src/graph-pictures/diff-values';
import { longestKeptOrder } from '../../src/graph-pictures/longest-kept-order';
import { describeDiff } from '../../src/graph-pictures/describe-diff';
import { changed, expense } from './graphs-with-rules';

test('a graph and the same with other version, order of states and $schema do not differ', () => {
  const after = changed(expense, (copy) => {
    copy['$schema'] = 'graph.schema.json';
    copy.steps[2]?.states.reverse();
    copy.transitions['PAYING']?.reverse();
  });
  expect(diffGraphs(expense, after)).toMatchObject({ same: true, stranded: [] });
  expect(describeDiff(diffGraphs(expense, after))).toEqual(['expense@1 and expense@2 do not differ']);
});

test('a step inserted in the middle moves no other, and strands only whoever is in a state that is gone', () => {
  const after = changed(contentIntentGraph, (copy) => {
    copy.steps.splice(3, 1, { key: 'legal', label: 'Legal', states: ['LEGAL_PENDING'] });
    copy.transitions['CLUSTERING_PROCESSING'] = ['LEGAL_PENDING', 'CLUSTERING_FAILED', 'CANCELLED'];
    copy.transitions['LEGAL_PENDING'] = ['VALIDATION_PENDING', 'CANCELLED'];
    delete copy.transitions['CLUSTERING_COMPLETED'];
  });
  expect(diffGraphs(contentIntentGraph, after)).toEqual({
    before: 'content-intent@1',
    after: 'content-intent@2',
    same: false,
    steps: { added: ['legal'], removed: ['topics'], moved: [] },
    states: {
      added: [{ state: 'LEGAL_PENDING', step: 'legal' }],
      removed: [{ state: 'CLUSTERING_COMPLETED', step: 'topics' }],
      moved: [],
    },
    edges: {
      added: [
        { from: 'CLUSTERING_PROCESSING', to: 'LEGAL_PENDING' },
        { from: 'LEGAL_PENDING', to: 'VALIDATION_PENDING' },
        { from: 'LEGAL_PENDING', to: 'CANCELLED' },
      ],
      removed: [
        { from: 'CLUSTERING_PROCESSING', to: 'CLUSTERING_COMPLETED' },
        { from: 'CLUSTERING_COMPLETED', to: 'VALIDATION_PENDING' },
        { from: 'CLUSTERING_COMPLETED', to: 'CANCELLED' },
      ],
    },
    terminal: { added: [], removed: [] },
    values: [],
    stranded: ['CLUSTERING_COMPLETED'],
  });
});

test('moved steps and states, another initial state and other terminal states are told', () => {
  const after = changed(expense, (copy) => {
    copy.steps = [
      { key: 'draft', label: 'First draft', states: ['NEW', 'DRAFT'] },
      { key: 'payment', label: 'Payment', states: ['PAYING', 'APPROVED'] },
      { key: 'review', label: 'Review', states: ['SUBMITTED'] },
      { key: 'cancellation', label: 'Cancellation', states: ['CANCELLING', 'CANCEL_FAILED'] },
    ];
    copy.terminal = ['PAID', 'CANCELLED', 'PAYMENT_FAILED'];
  });
  expect(diffGraphs(expense, after)).toMatchObject({
    initial: { before: 'DRAFT', after: 'NEW' },
    steps: { added: [], removed: [], moved: [{ step: 'review', before: 2, after: 3 }] },
    states: {
      added: [{ state: 'NEW', step: 'draft' }],
      removed: [],
      moved: [
        { state: 'APPROVED', before: 'review', after: 'payment' },
        { state: 'PAYMENT_FAILED', before: 'payment', after: null },
      ],
    },
    terminal: { added: ['PAYMENT_FAILED'], removed: [] },
    values: [{ path: 'steps[draft].label', change: 'changed', before: 'Draft', after: 'First draft' }],
  });
});

test('intents that have ended are not stranded: a terminal state may go', () => {
  const after = changed(expense, (copy) => {
    copy.terminal = ['PAID'];
  });
  expect(diffGraphs(expense, after)).toMatchObject({ terminal: { removed: ['CANCELLED'] }, stranded: [] });
});

const RULE_CHANGES: [string, (copy: Record<string, unknown>) => void, unknown[]][] = [
  [
    'a changed duration',
    (copy) => Object.assign((copy['deadlines'] as typeof expense.deadlines).SUBMITTED, { after: 'P7D' }),
    [{ path: 'deadlines.SUBMITTED.after', change: 'changed', before: 'P14D', after: 'P7D' }],
  ],
  [
    'an approval more',
    (copy) =>
      (copy['approvals'] as object[]).unshift({ from: 'DRAFT', to: 'SUBMITTED', count: 1, roles: ['a'] }),
    [
      {
        path: 'approvals[DRAFT → SUBMITTED]',
        change: 'added',
        after: { from: 'DRAFT', to: 'SUBMITTED', count: 1, roles: ['a'] },
      },
    ],
  ],
  [
    'other roles',
    (copy) => Object.assign((copy['approvals'] as object[])[0] ?? {}, { roles: ['owner'] }),
    [
      {
        path: 'approvals[SUBMITTED → APPROVED].roles',
        change: 'changed',
        before: ['manager', 'owner'],
        after: ['owner'],
      },
    ],
  ],
  [
    'no guards any more',
    (copy) => delete copy['guards'],
    [{ path: 'guards[within-budget]', change: 'removed', before: expense.guards[0] }],
  ],
  [
    'a retry inside of work',
    (copy) => Object.assign((copy['work'] as typeof expense.work).PAYING.retry, { maximumAttempts: 9 }),
    [{ path: 'work.PAYING.retry.maximumAttempts', change: 'changed', before: 3, after: 9 }],
  ],
  [
    'a key of a version to come',
    (copy) => (copy['colours'] = { DRAFT: 'blue' }),
    [{ path: 'colours.DRAFT', change: 'added', after: 'blue' }],
  ],
  [
    'a title',
    (copy) => (copy['title'] = 'Expenses'),
    [{ path: 'title', change: 'added', after: 'Expenses' }],
  ],
];

test.each(RULE_CHANGES)('further keys are compared by path: %s', (_what, change, values) => {
  const diff = diffGraphs(expense, changed(expense, change));
  expect(diff).toMatchObject({ same: false, values });
  expect(diff.values).toHaveLength(values.length);
});

test('values differ from themselves in nothing, and each difference is found both ways', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (before, after) => {
      expect(diffValues(before, structuredClone(before))).toEqual([]);
      expect(diffValues(before, after).length > 0).toBe(diffValues(after, before).length > 0);
    }),
  );
});

test('the items that keep their order are as many as can be', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...'abcdef']), fc.shuffledSubarray([...'abcdef']), (before, after) => {
      const kept = longestKeptOrder(before, after);
      const keeps = (items: string[]) =>
        items.every(
          (item, index) => index === 0 || before.indexOf(items[index - 1] ?? '') < before.indexOf(item),
        );
      const shared = after.filter((item) => before.includes(item));
      expect(keeps(shared.filter((item) => kept.has(item)))).toBe(true);
      const most = Array.from({ length: 2 ** shared.length }, (_, bits) =>
        shared.filter((_item, index) => bits & (1 << index)),
      )
        .filter(keeps)
        .reduce((longest, { length }) => Math.max(longest, length), 0);
      expect(kept.size).toBe(most);
    }),
  );
});

test('two files of one version are told that a registered version never changes', () => {
  const after: Graph = { ...changed(expense, (copy) => (copy['title'] = 'New')), version: 1 };
  expect(describeDiff(diffGraphs(expense, after))).toContain(
    'Both are expense@1, and a registered version never changes: raise it.',
  );
});
