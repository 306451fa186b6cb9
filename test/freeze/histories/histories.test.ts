import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';

import { payloadConverterPath } from '../../../src/bundle/bundle';
import { HISTORIES } from '../../histories/recorded';
import { fromEnvironment } from '../../setup/intent-environment';
import type { Edit } from '../edit';
import { readTrails } from '../frozen-files';
import { runsToReplay } from '../verify-frozen';
import { bundleEdited } from './bundle-edited';
import { checkHistories } from './check-histories';

const frozen = readTrails();
const runs = runsToReplay(HISTORIES);
const named = (name: string) => runs.filter((run) => run.name === name);

beforeAll(() => {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) } },
  });
});

/** What `name` says of the workflow code with an edit. */
async function changeBy(edits: readonly Edit[], name: string) {
  const { changes } = await checkHistories(await bundleEdited(edits), named(name), frozen);
  return changes;
}

const VISIBILITY = 'src/workflows/visibility.ts';
const WORKFLOW = 'src/workflows/intent-workflow.ts';

test('there are histories, and every one has a frozen trail', () => {
  expect(runs.length).toBeGreaterThanOrEqual(9);
  expect([...frozen.keys()].toSorted()).toEqual(runs.map(({ name }) => name));
});

test.each(runs.map(({ name }) => name))(
  'the workflows of today replay %s, and judge as they did',
  async (name) => {
    const code = {
      workflowBundle: { codePath: fromEnvironment('TEST_WORKFLOW_BUNDLE') },
      dataConverter: { payloadConverterPath },
    };
    expect((await checkHistories(code, named(name), frozen)).changes).toEqual([]);
  },
);

describe('an edit of the workflow code is caught, with the event and what Temporal says:', () => {
  test('an activity that is called besides', async () => {
    const edits = [
      {
        file: VISIBILITY,
        from: 'import { setCurrentDetails',
        to: 'import { proxyActivities, setCurrentDetails',
      },
      {
        file: VISIBILITY,
        from: 'introduce(): void {',
        to: `introduce(): void {
          void proxyActivities<{ notify(): Promise<void> }>({ startToCloseTimeout: 1 }).notify();`,
      },
    ];
    expect(await changeBy(edits, 'walk.v1')).toEqual([
      {
        verdict: 'incompatible',
        subject: 'history walk.v1',
        what: expect.stringMatching(
          /^no longer replays, at event 6, WORKFLOW_PROPERTIES_MODIFIED: .*Nondeterminism error: Activity machine does not handle this event/,
        ) as string,
        fix: expect.stringContaining('patched()') as string,
        final: true,
      },
    ]);
  });

  test('two commands that changed places', async () => {
    // The memo comes after the search attribute.
    const edits = [
      {
        file: WORKFLOW,
        from: 'visibility.introduce();',
        to: '{ visibility.refresh(); visibility.introduce(); }',
      },
    ];
    const [change] = await changeBy(edits, 'cancelled.v1');
    expect(change?.what).toMatch(
      /^no longer replays, at event 6, WORKFLOW_PROPERTIES_MODIFIED: .*Nondeterminism/,
    );
  });

  test('a timer that is started besides', async () => {
    const edits = [
      {
        file: WORKFLOW,
        from: 'const recorder = new Recorder',
        to: 'condition(() => false, 5000).catch(() => undefined); const recorder = new Recorder',
      },
    ];
    const [change] = await changeBy(edits, 'walk.v1');
    expect(change?.what).toMatch(
      /^no longer replays, at event 7, UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: .*Timer machine/,
    );
  });

  test('an error where there was none, at the events of the first task that it fails', async () => {
    const edits = [
      {
        file: 'src/workflows/record.ts',
        from: 'const batch = this.nextBatch();',
        to: `if (this.intent.sequence === 4) throw new Error('no fourth'); const batch = this.nextBatch();`,
      },
    ];
    const [change] = await changeBy(edits, 'walk.v1');
    expect(change?.what).toMatch(/^no longer replays, at events 21 to 26, .*MARKER_RECORDED.*: no fourth$/);
  });
});

/** For each thing that a graph drives: an edit, the history that it breaks, and where. */
const DRIVEN: [what: string, edits: Edit[], run: string, where: RegExp][] = [
  [
    'work that begins before Postgres has its state',
    [
      {
        file: 'src/workflows/drive.ts',
        from: 'if (recorded.recordedSequence < Math.max(intent.entry, intent.graphSince)) return;',
        to: '',
      },
    ],
    'work.v1',
    /MARKER_RECORDED|ACTIVITY_TASK_SCHEDULED/,
  ],
  [
    'a reminder that is not sent',
    [
      {
        file: 'src/workflows/drivers/deadline.ts',
        from: 'if (reminder !== undefined) remind',
        to: 'if (false) remind',
      },
    ],
    'deadline.v1',
    /ACTIVITY_TASK_SCHEDULED/,
  ],
  [
    'a deadline that is counted on the spot',
    [
      {
        file: 'src/workflows/drivers/deadline.ts',
        from: 'if (!dependsOnTimeZoneData(rule)) return',
        to: 'if (true) return',
      },
    ],
    'deadline.v1',
    /MARKER_RECORDED/,
  ],
  [
    'children that are looked at before they are started',
    [
      {
        file: 'src/workflows/drivers/children.ts',
        from: 'const items = itemsOf(intent, rule);',
        to: `await regularActivities('children').readEndedIntents({ organizationId: '', ids: [] });
      const items = itemsOf(intent, rule);`,
      },
    ],
    'children-1.v1',
    /START_CHILD_WORKFLOW_EXECUTION_INITIATED/,
  ],
  [
    'an undo that begins with the first',
    [
      {
        file: 'src/workflows/drivers/undo.ts',
        from: /intent\.undoable\.at\(-1\)/g,
        to: 'intent.undoable.at(0)',
      },
    ],
    'undone.v1',
    /ACTIVITY_TASK_SCHEDULED/,
  ],
  [
    'votes that count without end',
    [{ file: 'src/workflows/drivers/votes.ts', from: 'while (intent.entry === entry)', to: 'while (false)' }],
    'approvals.v1',
    /TIMER_STARTED/,
  ],
  [
    'a version of a graph that is read by a local activity',
    [
      {
        file: 'src/workflows/load-graph.ts',
        from: 'import { regularActivities',
        to: 'import { localFirst, regularActivities',
      },
      {
        file: 'src/workflows/load-graph.ts',
        from: 'const loaded = await regularActivities(`load ${graph}`).loadGraph({ graph });',
        to: "const loaded = await localFirst('load', true, (activities) => activities.loadGraph({ graph }));",
      },
    ],
    'migrated.v1',
    /ACTIVITY_TASK_SCHEDULED/,
  ],
  [
    'votes that do not go along when it continues as new',
    [
      {
        file: 'src/intent/carried-state.ts',
        from: 'openVotes = [], graphSince',
        to: 'openVotes: _ = [], graphSince',
      },
    ],
    'carried-2.v1',
    /TIMER_STARTED/,
  ],
  [
    'an intent that is taken up by a local activity',
    [
      {
        file: 'src/workflows/reopen.ts',
        from: 'import { regularActivities',
        to: 'import { localFirst, regularActivities',
      },
      {
        file: 'src/workflows/reopen.ts',
        from: "await regularActivities('reopen').takeUpIntent({ id, organizationId });",
        to: "await localFirst('reopen', true, (activities) => activities.takeUpIntent({ id, organizationId }));",
      },
    ],
    'reopened.v1',
    /ACTIVITY_TASK_SCHEDULED/,
  ],
];

describe('so is an edit of what a graph drives:', () => {
  test.each(DRIVEN)('%s', async (_what, edits, name, where) => {
    const [change] = await changeBy(edits, name);
    expect(change).toMatchObject({ verdict: 'incompatible', subject: `history ${name}` });
    expect(change?.what).toMatch(/^no longer replays/);
    expect(change?.what).toMatch(where);
  });
});

describe('a history that replays is caught all the same when it is judged otherwise:', () => {
  test('another code of a rejection', async () => {
    const edits = [
      {
        file: 'src/intent/check-edge.ts',
        from: "reject('ALREADY_IN_STATE'",
        to: "reject('STATE_CONFLICT'",
      },
    ];
    const [change] = await changeBy(edits, 'race.v1');
    expect(change).toMatchObject({ verdict: 'incompatible', subject: 'history race.v1' });
    expect(change?.what).toMatch(
      /^replays, but is judged otherwise: recorded\[\d+\]\.1\[\d+\]\.code: "ALREADY_IN_STATE" → "STATE_CONFLICT"/,
    );
    expect(change).not.toHaveProperty('final');
  });

  test('a word in the message of a rejection, which is stored', async () => {
    const edits = [{ file: 'src/intent/check-edge.ts', from: 'does not lead to', to: 'leads not to' }];
    const [change] = await changeBy(edits, 'postgres-away.v1');
    expect(change?.what).toMatch(/^replays, but is judged otherwise: .*message/);
  });

  test('not by what is told besides', async () => {
    const edits = [
      {
        file: 'src/workflows/create.ts',
        from: 'auditSink().created({ ...details }',
        to: `auditSink().created({ ...details, ...{ channel: 'none' } }`,
      },
    ];
    const changes = await changeBy(edits, 'walk.v1');
    expect(changes).toMatchObject([{ verdict: 'not-frozen', subject: 'history walk.v1' }]);
    expect(changes[0]?.what).toBe('tells more: created[0].0.channel: new, "none"');
  });
});
