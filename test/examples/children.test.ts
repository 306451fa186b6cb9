import { eventually } from '../setup/eventually';
import { createIntentEnvironment, type IntentEnvironment } from '../setup/intent-environment';
import { Guide } from './guide';

let environment: IntentEnvironment;
let guide: Guide;

const PATIENCE = { timeoutMs: 40_000 };

beforeAll(async () => {
  environment = await createIntentEnvironment('example-children');
  guide = new Guide('docs/guides/children.md', environment);
  await environment.startWorker();
  await guide.run('graph register');
}, 60_000);
afterAll(() => environment.close());

/** The order of the guide, with what its statement finds: the parcels. */
async function shippingOrder(): Promise<{ id: string; parcels: string[] }> {
  const { id } = await guide.run('npx intent create');
  const parcels = await eventually(async () => {
    const { rows } = await environment.pool.query<{ id: string }>(
      `SELECT id FROM intent_workflows WHERE parent_id = $1 ORDER BY metadata ->> 'sku'`,
      [id],
    );
    expect(rows).toHaveLength(2);
    return rows.map((row) => row.id);
  });
  return { id, parcels };
}

test('the order of the guide is complete when its parcels are delivered', async () => {
  const { intents } = environment;
  const { id, parcels } = await shippingOrder();
  for (const parcel of parcels) await guide.run('DELIVERED', { parcel });
  await intents.waitForState(id, 'COMPLETE', PATIENCE);
  expect((await intents.history(id)).at(-1)).toMatchObject({ kind: 'children', previousState: 'SHIPPING' });
}, 90_000);

test('with a parcel lost it is incomplete, and the other parcel is cancelled', async () => {
  const { intents } = environment;
  const { id, parcels } = await shippingOrder();
  const [lost = '', other = ''] = parcels;
  await intents.transition(lost, { to: 'SENT' });
  await intents.transition(lost, { to: 'LOST' });
  await intents.waitForState(id, 'INCOMPLETE', PATIENCE);
  await intents.waitForState(other, 'CANCELLED', PATIENCE);
}, 90_000);
