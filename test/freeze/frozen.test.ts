import { compareContracts, presentContracts, type Contracts } from './contracts';
import { readFrozen } from './frozen-files';
import { CHECKOUT_PLACES } from './places';
import { missingRecordings } from './verify-frozen';

// What `npm run freeze:verify` says; the histories are in histories/histories.test.ts. A failure names the change and what to
// do about it.

const frozen = readFrozen();
let present: Contracts;
beforeAll(async () => {
  present = await presentContracts();
});

test.each(['graphs', 'migrations', 'limits', 'messages'] as const)('what is frozen of %s holds', (part) => {
  const nothing: Contracts = { graphs: [], migrations: [], limits: {}, messages: [] };
  const only = (contracts: Contracts) => ({ ...nothing, [part]: contracts[part] });
  expect(compareContracts(only(frozen), only(present))).toEqual([]);
  // It would hold of nothing, too.
  expect(Object.keys(frozen[part]).length).toBeGreaterThan(2);
});

test('every scenario has a recorded history', () => {
  expect(missingRecordings(CHECKOUT_PLACES)).toEqual([]);
});
