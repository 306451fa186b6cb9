import { Competition, type Course } from '../setup/competition';
import { eventually } from '../setup/eventually';
import { expectNothingLost } from '../setup/expect-nothing-lost';
import { expectVerified } from '../setup/expect-verified';
import {
  connectThrough,
  makeApiKey,
  startGatewayProcess,
  type GatewayProcess,
} from '../setup/gateway-process';
import {
  createIntentEnvironment,
  fromEnvironment,
  ORGANIZATION,
  type IntentEnvironment,
} from '../setup/intent-environment';
import { register } from '../setup/register';
import { ticket1 } from '../setup/ticket-versions';
import { killLeftovers, startWorkerProcess } from '../setup/worker-process';
import { runsOf, workersOf } from '../setup/workflow-tasks';

const TICKET: Course = { graph: 'ticket@1', way: ['OPEN', 'WORKING'], aside: 'WAITING', end: 'DONE' };
const INTENTS = 20;

let environment: IntentEnvironment;
let gateways: GatewayProcess[];
let apiKey: string;

beforeAll(async () => {
  environment = await createIntentEnvironment('horizontal-scale');
  await register(environment.database, ticket1);
  [apiKey, ...gateways] = await Promise.all([
    makeApiKey(environment),
    startGatewayProcess(environment),
    startGatewayProcess(environment),
  ]);
}, 180_000);
afterAll(async () => {
  killLeftovers();
  await environment?.close();
});

async function workersThatTookPart(ids: readonly string[]): Promise<Set<string>> {
  const of = ids.map(async (id) => workersOf(await runsOf(environment.temporal, id)));
  return new Set((await Promise.all(of)).flat());
}

test.each([1, 2, 4])(
  'with %i workers and 2 gateways exactly one of each 3 competitors wins, none is lost, and nothing is written twice',
  async (count) => {
    const workers = Array.from({ length: count }, () =>
      startWorkerProcess(['--task-queue', environment.taskQueue, '--no-operations'], {
        DATABASE_URL: environment.database.engineUrl,
        TEMPORAL_ADDRESS: fromEnvironment('TEST_TEMPORAL_ADDRESS'),
      }),
    );
    try {
      await Promise.all(workers.map((worker) => worker.sees('Worker ready')));
      const traffic = new Competition([
        environment.intents.as({ organizationId: ORGANIZATION, actor: 'ada' }),
        ...(await Promise.all(gateways.map((gateway) => connectThrough(() => gateway, apiKey)))),
      ]);
      await traffic.enter(TICKET, INTENTS);
      await traffic.play(2);
      await eventually(async () => {
        const busy = await workersThatTookPart(traffic.ids);
        // An intent stays with the worker that has it in its cache, so further ones find those that have had none.
        if (busy.size < count) await traffic.enter(TICKET, 2);
        expect(busy.size).toBe(count);
      });
      await traffic.finish();
      await expectNothingLost(environment, traffic);
    } finally {
      for (const worker of workers) worker.kill('SIGTERM');
    }
    expect(await Promise.all(workers.map((worker) => worker.exited))).toEqual(workers.map(() => 0));
  },
  300_000,
);

test('all of it is what the histories yield when they are replayed', async () => {
  await expectVerified(environment);
}, 120_000);
