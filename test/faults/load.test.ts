import { LOOPBACK } from '../../src/dev/machine/ports';
import { createTestDatabase, type TestDatabase } from '../setup/database';
import { fromEnvironment } from '../setup/intent-environment';
import { Load } from './load';
import { TcpRelay } from './tcp-relay';

let database: TestDatabase;
let relay: TcpRelay;

beforeAll(async () => {
  database = await createTestDatabase('load');
  relay = await TcpRelay.to(Number(fromEnvironment('TEST_TEMPORAL_ADDRESS').split(':')[1]));
});
afterAll(async () => {
  await relay.close();
  await database.drop();
});

test('a load that is closed while the network is cut has ended all calls before it closes their connections', async () => {
  const requests = 100;
  const load = await Load.start({
    seed: 1,
    requests,
    intents: 10,
    drivenRequests: 0,
    databaseUrl: database.engineUrl,
    temporalAddress: `${LOOPBACK}:${relay.port}`,
  });
  relay.cut();
  load.allow(requests);
  await load.reached(30, new AbortController().signal);
  // Every app is creating an intent, which is tried again and again.
  let over = false;
  const finished = load.finish().then(
    () => 'finished',
    (error: unknown) => {
      over = true;
      return error;
    },
  );
  await load.close();
  expect(over).toBe(true);
  expect(await finished).toBeInstanceOf(Error);
});
