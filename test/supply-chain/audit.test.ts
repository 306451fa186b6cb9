import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { judgeAudit } from '../../scripts/supply-chain/judge-audit';
import { CHECKOUT } from '../../src/dev/checkout';
import { startProcess } from '../setup/worker-process';

const JITI = join(CHECKOUT, 'node_modules', 'jiti', 'lib', 'jiti-cli.mjs');

/** The program, against a registry that answers each question about faults as it is told. */
async function audit(answer: { status: number; body: unknown }, args: string[] = []) {
  // npm remembers what a registry said.
  const cache = mkdtempSync(join(tmpdir(), 'audit-'));
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const { status, body } = request.method === 'POST' ? answer : packument(request.url ?? '');
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const program = startProcess([JITI, 'scripts/supply-chain/audit.ts', ...args], {
      npm_config_registry: `http://127.0.0.1:${port}/`,
      npm_config_fetch_retries: '0',
      npm_config_cache: cache,
    });
    return { code: await program.exited, output: program.output.join('\n') };
  } finally {
    server.close();
    rmSync(cache, { recursive: true, force: true });
  }
}

/** What a registry says about a package: here, that there is the version which is installed. */
function packument(url: string): { status: number; body: unknown } {
  const name = decodeURIComponent(url.slice(1));
  const path = join(CHECKOUT, 'node_modules', name, 'package.json');
  if (!existsSync(path)) return { status: 404, body: {} };
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
  return { status: 200, body: { name, versions: { [manifest.version]: manifest } } };
}

const advisory = (severity: string) => ({
  fastify: [
    {
      id: 1,
      url: 'https://example.com/advisory',
      title: 'made up for this test',
      severity,
      vulnerable_versions: '*',
    },
  ],
});

test('a fault of severity high is named, and fails', async () => {
  const { code, output } = await audit({ status: 200, body: advisory('high') });
  expect(output).toMatch(/^fastify .*: high\. .*https:\/\/example\.com\/advisory/m);
  expect(code).toBe(1);
});

test('one of severity low does not fail, nor does none', async () => {
  for (const body of [advisory('low'), {}]) {
    const { code, output } = await audit({ status: 200, body });
    expect(output).toBe('No known fault of severity high or critical.');
    expect(code).toBe(0);
  }
});

test('a registry that does not answer is not taken for a clean audit', async () => {
  const away = { status: 405, body: {} };
  const tolerated = await audit(away);
  expect(tolerated.output).toMatch(/^NOT AUDITED: 405/);
  expect(tolerated.code).toBe(0);
  expect((await audit(away, ['--required'])).code).toBe(2);
});

test('what is no report is no audit', () => {
  for (const output of ['', 'npm error', '{}', '{"message":"away"}'])
    expect(judgeAudit(output).verdict).toBe('not audited');
});
