import { terminalProgress } from '../../src/dev/progress';
import { findTemporalServerBinaries } from '../../src/dev/servers/temporal-server-binaries';
import { killLeftovers } from '../setup/worker-process';
import { FAULT_KINDS } from './faults';
import { runFaults, SHORT } from './run-faults';
import { formatRunReport } from './run-report';
import { anySeed } from './seeded-random';
import { killServers } from './server-folder';

/** A first build of the Temporal server takes minutes. */
beforeAll(async () => {
  await findTemporalServerBinaries({ log: say });
}, 900_000);
afterAll(() => {
  killLeftovers();
  killServers();
});

test('whatever is killed, frozen or cut off, each acknowledged request has one outcome and verify is clean', async () => {
  const seed = anySeed();
  say(`Faults with seed ${seed}; to repeat them: npm run test:faults -- --short --seed ${seed}`);
  const report = await runFaults({ ...SHORT, seed, log: say, progress: terminalProgress() });
  say(formatRunReport(report));
  expect(report.problems).toEqual([]);
  expect(report.faults.map(({ kind }) => kind)).toEqual(FAULT_KINDS);
  expect(report.requests.sent).toBeGreaterThanOrEqual(SHORT.requests);
  expect(report.driven.intents).toBeGreaterThan(0);
  expect(report.gaps.count).toBeGreaterThanOrEqual(3);
}, 300_000);

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
