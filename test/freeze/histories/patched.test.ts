import type { WorkerOptions } from '@temporalio/worker';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';

import { payloadConverterPath } from '../../../src/bundle/bundle';
import type { History } from '../../../src/ops/replayer';
import { HISTORIES } from '../../histories/recorded';
import type { WorkflowCode } from '../../histories/workflow-code';
import {
  createIntentEnvironment,
  fromEnvironment,
  ORGANIZATION,
  type IntentEnvironment,
} from '../../setup/intent-environment';
import { PATCH, PATCHED, UNPATCHED } from '../../setup/patched-code';
import { patchesOf } from '../../setup/workflow-tasks';
import { readTrails } from '../frozen-files';
import { runsToReplay } from '../verify-frozen';
import { bundleEdited } from './bundle-edited';
import { checkHistories } from './check-histories';
import type { RunToReplay } from './replay-runs';

const runs = runsToReplay(HISTORIES);
let environment: IntentEnvironment;
let patched: WorkflowCode;

beforeAll(async () => {
  [environment, patched] = await Promise.all([createIntentEnvironment('patched'), bundleEdited(PATCHED)]);
});
afterAll(() => environment.close());

test('a change behind patched() replays every history that was recorded before, and judges as it did', async () => {
  expect(runs.length).toBeGreaterThanOrEqual(9);
  expect((await checkHistories(patched, runs, readTrails())).changes).toEqual([]);
}, 120_000);

test('the same change without patched() does not', async () => {
  const walk = runs.filter(({ name }) => name === 'walk.v1');
  const { changes } = await checkHistories(await bundleEdited(UNPATCHED), walk, readTrails());
  expect(changes).toMatchObject([{ verdict: 'incompatible', subject: 'history walk.v1', final: true }]);
});

test('the build before replays what was recorded with the patch held back, and not once it was taken', async () => {
  const before: WorkflowCode = {
    workflowBundle: { codePath: fromEnvironment('TEST_WORKFLOW_BUNDLE') },
    dataConverter: { payloadConverterPath },
  };
  const failures = async (code: WorkflowCode, run: RunToReplay) =>
    (await checkHistories(code, [run], new Map())).changes.filter(
      ({ verdict }) => verdict === 'incompatible',
    );

  const held = await recorded({ patchActivationCallback: ({ patchId }) => patchId !== PATCH });
  expect(held.patches).toEqual([]);
  expect([await failures(before, held), await failures(patched, held)]).toEqual([[], []]);

  const taken = await recorded({});
  expect(taken.patches).toEqual([PATCH]);
  expect(await failures(patched, taken)).toEqual([]);
  expect(await failures(before, taken)).toMatchObject([
    {
      what: expect.stringMatching(/^no longer replays, at events? \d+.*Nondeterminism/) as string,
      final: true,
    },
  ]);
});

/** The history of a short life on a worker with the patched code. */
async function recorded(options: Partial<WorkerOptions>): Promise<RunToReplay & { patches: string[] }> {
  const { intents, temporal } = environment;
  const { workflowBundle } = patched;
  const stop = await environment.startWorker({ workflowBundle, ...options });
  const { id } = await intents.create({ organizationId: ORGANIZATION });
  for (const to of ['ICP_PENDING', 'ICP_PROCESSING', 'CANCELLED']) await intents.transition(id, { to });
  await temporal.workflow.getHandle(id).result();
  const fetched = await temporal.workflow.getHandle(id).fetchHistory();
  await stop();
  const history = JSON.parse(historyToJSON(fetched)) as History;
  const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
  const runId = started?.originalExecutionRunId ?? 'none';
  return { name: 'short.v1', workflowId: id, runId, history, patches: patchesOf([fetched]) };
}
