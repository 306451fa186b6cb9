import { describeIntent } from '../../src/intent';
import { newIntent } from './new-intent';

const recorded = { recordedSequence: 1, auditHash: 'ab'.repeat(32), quarantined: null };

test('an intent is described with what its graph says of its state', () => {
  const intent = { ...newIntent(), state: 'WORKING', sequence: 3 };
  expect(describeIntent(intent, recorded)).toEqual({
    id: intent.id,
    organizationId: intent.organizationId,
    graph: 'ticket@3',
    state: 'WORKING',
    step: { number: 2, key: 'work', label: 'Work' },
    progress: 0.5,
    terminal: false,
    paused: false,
    deadline: null,
    problem: null,
    nextStates: ['WORKING', 'DONE', 'CLOSED'],
    approvals: [],
    sequence: 3,
    recordedSequence: 1,
    mirrorLag: 2,
    auditHash: 'ab'.repeat(32),
    quarantined: null,
  });
});

test('an ended intent is in no step and leads nowhere', () => {
  expect(describeIntent({ ...newIntent(), state: 'CLOSED' }, recorded)).toMatchObject({
    step: null,
    progress: 1,
    terminal: true,
    nextStates: [],
  });
});

test('a description is plain JSON, and changing it does not change the graph', () => {
  const intent = newIntent();
  const description = describeIntent(intent, { ...recorded, quarantined: 'refused' });
  expect(JSON.parse(JSON.stringify(description))).toEqual(description);
  description.nextStates.length = 0;
  expect(describeIntent(intent, recorded).nextStates).toEqual(['TRIAGED', 'CLOSED']);
});
