import { historyToJSON } from '@temporalio/common/lib/proto-utils';

import { payloadConverterPath } from '../../../src/bundle/bundle';
import type { History } from '../../../src/ops/replayer';
import {
  createIntentEnvironment,
  fromEnvironment,
  ORGANIZATION,
  type IntentEnvironment,
} from '../../setup/intent-environment';
import { bundleEdited } from './bundle-edited';
import { checkHistories } from './check-histories';

let environment: IntentEnvironment;
beforeAll(async () => {
  environment = await createIntentEnvironment('removed-timer');
});
afterAll(() => environment.close());

test('a timer that is no longer started is caught in the history of a version that did', async () => {
  const { intents, temporal } = environment;
  const { workflowBundle } = await bundleEdited([
    {
      file: 'src/workflows/intent-workflow.ts',
      from: 'const recorder = new Recorder',
      to: 'condition(() => false, 3_600_000).catch(() => undefined); const recorder = new Recorder',
    },
  ]);
  const stop = await environment.startWorker({ workflowBundle });
  const { id } = await intents.create({ organizationId: ORGANIZATION });
  await intents.transition(id, { to: 'CANCELLED' });
  await temporal.workflow.getHandle(id).result();
  const recorded = await temporal.workflow.getHandle(id).fetchHistory();
  await stop();

  const history = JSON.parse(historyToJSON(recorded)) as History;
  const runId =
    history.events?.[0]?.workflowExecutionStartedEventAttributes?.originalExecutionRunId ?? 'none';
  const run = { name: 'timed.v1', workflowId: id, runId, history };
  const code = {
    workflowBundle: { codePath: fromEnvironment('TEST_WORKFLOW_BUNDLE') },
    dataConverter: { payloadConverterPath },
  };
  const { changes } = await checkHistories(code, [run], new Map());
  expect(changes).toMatchObject([{ verdict: 'incompatible', subject: 'history timed.v1', final: true }]);
  expect(changes[0]?.what).toMatch(/^no longer replays, at event \d+, TIMER_STARTED: .*Nondeterminism/);
});
