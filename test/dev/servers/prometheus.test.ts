import { runCommand } from '../../../src/dev/machine/run-command';
import { findPrometheus } from '../../../src/dev/servers/prometheus';

test('Prometheus and promtool are found, or fetched from a registry, and are what they say', async () => {
  const found = await findPrometheus({ log: console.error });
  for (const [name, path] of Object.entries(found)) {
    expect(await runCommand(path, { args: ['--version'] })).toMatch(new RegExp(`^${name}, version \\d`));
  }
}, 120_000);
