import { eventually } from '../setup/eventually';
import { createIntentEnvironment, ORGANIZATION, type IntentEnvironment } from '../setup/intent-environment';
import { restingHistory } from '../setup/resting-history';

let environment: IntentEnvironment;

beforeAll(async () => {
  environment = await createIntentEnvironment('visibility');
  await environment.startWorker();
});
afterAll(() => environment.close());

interface WorkflowMetadata {
  currentDetails: string;
}

test('operators find intents by state, and see summary, memo and story without opening code', async () => {
  const { intents, temporal } = environment;
  const { id } = await intents.create({ organizationId: ORGANIZATION, title: 'Spring campaign' });
  await intents.transition(id, { to: 'ICP_PENDING', actor: 'ada' });
  await intents.transition(id, { to: 'ICP_PROCESSING' });

  await eventually(async () => {
    const found: string[] = [];
    for await (const { workflowId } of temporal.workflow.list({ query: `IntentState = 'ICP_PROCESSING'` })) {
      found.push(workflowId);
    }
    expect(found).toContain(id);
  });

  const handle = temporal.workflow.getHandle(id);
  const description = await handle.describe();
  expect(description.memo).toEqual({
    organizationId: ORGANIZATION,
    graph: 'content-intent@1',
    title: 'Spring campaign',
  });
  expect(await description.staticSummary()).toBe('Spring campaign');

  const { currentDetails } = await handle.query<WorkflowMetadata>('__temporal_workflow_metadata');
  expect(currentDetails).toContain('**ICP_PROCESSING** in step 1');
  expect(currentDetails).toContain('0 % of content-intent@1');
  expect(currentDetails).toContain('Next: ICP_COMPLETED, ICP_FAILED, CANCELLED');
  expect(currentDetails).toMatch(/\| 3 \| ICP_PENDING → ICP_PROCESSING \| \d{4}-/);
});

test('each local activity says in one line what it recorded', async () => {
  const { intents, temporal } = environment;
  const { id } = await intents.create({ organizationId: ORGANIZATION });
  await intents.transition(id, { to: 'ICP_PENDING' });
  await intents.transition(id, { to: 'COMPLETED' });
  // The rows are in Postgres a moment before the task, and with it the marker, is in history.
  await eventually(async () => {
    const { events } = await temporal.workflow.getHandle(id).fetchHistory();
    const summaries = (events ?? []).flatMap(({ userMetadata, markerRecordedEventAttributes }) => {
      const data = userMetadata?.summary?.data;
      return markerRecordedEventAttributes && data
        ? [JSON.parse(Buffer.from(data).toString()) as string]
        : [];
    });
    expect(summaries).toEqual(['create', 'CREATED → ICP_PENDING', '1 rejected']);
  });
});

test('a transition costs at most six events and 1,300 bytes of history', async () => {
  const { intents, temporal } = environment;
  const { id } = await intents.create({ organizationId: ORGANIZATION });
  await intents.transition(id, { to: 'ICP_PENDING' });
  const handle = temporal.workflow.getHandle(id);
  const before = await restingHistory(handle);
  for (const to of ['ICP_PROCESSING', 'ICP_FAILED', 'ICP_PROCESSING', 'ICP_COMPLETED']) {
    await intents.transition(id, { to });
  }
  const after = await restingHistory(handle);
  expect(after.events - before.events).toBe(4 * 6);
  expect((after.bytes - before.bytes) / 4).toBeLessThanOrEqual(1_300);
});
