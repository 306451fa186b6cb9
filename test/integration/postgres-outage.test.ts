import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { startPostgres, type Postgres } from '../../src/dev/servers/postgres';
import { provisionDatabase } from '../../src/dev/stack/provision-database';
import { makeTemporaryFolder, type TemporaryFolder } from '../../src/dev/machine/temporary-folder';
import { brokenLinks, outcomeRows } from '../setup/audit-checks';
import { eventually } from '../setup/eventually';
import { createIntentEnvironment, ORGANIZATION, type IntentEnvironment } from '../setup/intent-environment';

let folder: TemporaryFolder;
let postgres: Postgres;
let environment: IntentEnvironment;

/** A server of this file's own, since it is stopped under load. */
beforeAll(async () => {
  folder = await makeTemporaryFolder();
  postgres = await startPostgres({ dataDir: join(folder.path, 'postgres') });
  const { superuserUrl } = postgres;
  const urls = await provisionDatabase({
    superuserUrl,
    ownerPassword: 'owner',
    enginePassword: 'engine',
    gatewayPassword: 'gateway',
  });
  environment = await createIntentEnvironment('postgres-outage', {
    name: 'intent',
    ...urls,
    superuserUrl: Object.assign(new URL(superuserUrl), { pathname: '/intent' }).href,
    drop: () => Promise.resolve(),
  });
});
afterAll(async () => {
  await environment.close();
  await postgres.stop('immediate');
  folder.remove();
});

const INTENTS = 5;
const ROUNDS = 40;
const OUTAGE_MS = 20_000;

test('Postgres away for 20 s under load: no error for apps that signal, and one outcome row for each request', async () => {
  const { intents, pool, temporal, startWorker } = environment;
  await startWorker();
  const ids = await Promise.all(
    Array.from({ length: INTENTS }, async () => (await intents.create({ organizationId: ORGANIZATION })).id),
  );
  await Promise.all(ids.map((id) => intents.waitForState(id, 'CREATED')));

  const sent: string[] = [];
  const signalRound = async (round: number): Promise<void> => {
    const to = round === 0 ? 'ICP_PENDING' : round % 2 === 1 ? 'ICP_PROCESSING' : 'ICP_FAILED';
    const receipts = await Promise.all(ids.map((id) => intents.requestTransition(id, { to })));
    sent.push(...receipts.map(({ requestId }) => requestId));
  };

  for (let round = 0; round < ROUNDS / 4; round += 1) await signalRound(round);
  await postgres.stop('immediate');
  const outage = sleep(OUTAGE_MS);
  for (let round = ROUNDS / 4; round < ROUNDS; round += 1) await signalRound(round);
  // Temporal goes on without Postgres: requests are decided, and say that they are not recorded yet.
  await eventually(async () => {
    const description = await intents.describe(ids[0] as string);
    expect(description.mirrorLag).toBeGreaterThan(0);
    expect(description.quarantined).toBeNull();
  });
  await outage;
  postgres = await startPostgres({ dataDir: join(folder.path, 'postgres'), port: postgres.port });

  await eventually(async () => expect((await outcomeRows(pool, ids)).size).toBe(INTENTS * ROUNDS));
  const rows = await outcomeRows(pool, ids);
  expect(new Set(rows.keys())).toEqual(new Set(sent));
  expect(new Set(rows.values())).toEqual(new Set([1]));
  for (const id of ids) {
    expect(await brokenLinks(pool, id)).toEqual([]);
    await eventually(async () =>
      expect(await intents.describe(id)).toMatchObject({ mirrorLag: 0, sequence: ROUNDS + 1 }),
    );
  }
  // The regular activity is what waited: seen on the intent that was seen to lag.
  const { events } = await temporal.workflow.getHandle(ids[0] as string).fetchHistory();
  expect(events?.some((event) => event.activityTaskScheduledEventAttributes)).toBe(true);
}, 120_000);
