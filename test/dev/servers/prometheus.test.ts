import { runCommand } from '../../../src/dev/machine/run-command';
import { findPrometheus } from '../../../src/dev/servers/prometheus';

test('Prometheus and promtool are found, or fetched from a registry, and are what they say', async () => {
  const found = await findPrometheus({ log: console.error });
  for (const name of ['prometheus', 'promtool'] as const) {
    expect(await runCommand(found[name], { args: ['--version'] })).toMatch(
      new RegExp(`^${name}, version \\d`),
    );
  }
}, 120_000);
