import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { DefaultLogger, Runtime, Worker, type ReplayWorkerOptions } from '@temporalio/worker';

import { payloadConverterPath } from '../../src/bundle/bundle';
import { UNHEARD_AUDIT_SINK } from '../../src/worker/unheard-audit-sink';
import { fromEnvironment } from '../setup/intent-environment';

interface RecordedEvent {
  workflowExecutionStartedEventAttributes?: { workflowId: string };
}

interface RecordedHistory {
  events: RecordedEvent[];
}

const FOLDER = join(__dirname, '..', 'histories');
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json.gz'));

function read(file: string): RecordedHistory {
  return JSON.parse(gunzipSync(readFileSync(join(FOLDER, file))).toString()) as RecordedHistory;
}

async function replay(history: RecordedHistory, workflowId?: string): Promise<void> {
  const options: ReplayWorkerOptions = {
    workflowBundle: { codePath: fromEnvironment('TEST_WORKFLOW_BUNDLE') },
    dataConverter: { payloadConverterPath },
    sinks: UNHEARD_AUDIT_SINK,
  };
  const id = history.events[0]?.workflowExecutionStartedEventAttributes?.workflowId;
  await Worker.runReplayHistory(options, history, workflowId ?? id);
}

beforeAll(() => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
});

test('every path of the workflows has a recorded history', () => {
  const topics = new Set(files.map((file) => file.replace(/(-\d+)?\.v\d+\.json\.gz$/, '')));
  expect([...topics].sort()).toEqual([
    'cancelled',
    'continued',
    'postgres-away',
    'quarantined',
    'race',
    'verification-failed',
    'verified',
    'walk',
  ]);
});

test.each(files)('the workflows of today replay %s', async (file) => {
  await replay(read(file));
});

test('a workflow that takes another path than the recorded one is caught', async () => {
  // An id that is no UUID makes today's workflow refuse its input where the recorded one went on.
  await expect(replay(read('walk.v1.json.gz'), 'no-uuid')).rejects.toThrow(/nondeterminism/i);
});
