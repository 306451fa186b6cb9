import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { WorkflowNotFoundError } from '@temporalio/client';

import { archiveIntents } from '../../src/archive/archive-intents';
import { purge, type PurgeOptions } from '../../src/ops/purge';
import { capturedRun } from '../cli/captured-run';
import { ORGANIZATION, OTHER_ORGANIZATION } from '../setup/intent-environment';
import { useOwnServers } from './own-servers';

const servers = useOwnServers();
const { verified } = servers;

async function purged(options: Partial<PurgeOptions> = {}) {
  const [done, left]: [string[], string[]] = [[], []];
  const summary = await purge({
    pool: servers.owner,
    client: servers.temporal,
    apply: true,
    reason: 'asked for',
    onPurged: (id) => done.push(id),
    onLeft: (_id, reason) => left.push(reason),
    ...options,
  });
  return { ...summary, done, reasons: left };
}

const SECRET = 'Ada Lovelace';

/** An intent that names a person wherever one can be named. */
async function aboutAda(organizationId: string, ended = true): Promise<string> {
  const { intents, temporal } = servers;
  const metadata = { who: SECRET };
  const { id } = await intents.create({ organizationId, title: SECRET, metadata, createdBy: SECRET });
  const said = { actor: SECRET, reason: SECRET, metadata };
  await intents.transition(id, { to: 'ICP_PENDING', requestId: 'one', ...said });
  await intents.transition(id, { to: 'COMPLETED', requestId: 'two', ...said });
  await intents.transition(id, { to: SECRET, requestId: 'three' });
  if (ended) {
    await intents.transition(id, { to: 'CANCELLED', requestId: 'end', ...said });
    await temporal.workflow.getHandle(id).result();
  }
  return id;
}

/** Every place in the database that still says the name. */
async function mentions(id: string): Promise<string[]> {
  const { owner } = servers;
  const { rows: tables } = await owner.query<{ name: string; key: string }>(
    `SELECT table_name AS name, CASE table_name WHEN 'intent_workflows' THEN 'id' ELSE 'workflow_id' END AS key
       FROM information_schema.columns
      WHERE table_schema = 'public' AND (column_name = 'workflow_id' OR (table_name, column_name) = ('intent_workflows', 'id'))`,
  );
  const found: string[] = [];
  for (const { name, key } of tables) {
    const { rowCount } = await owner.query(
      `SELECT FROM ${name} t WHERE ${key} = $1 AND to_jsonb(t)::text LIKE '%' || $2 || '%'`,
      [id, SECRET],
    );
    if (rowCount !== 0) found.push(name);
  }
  return found.toSorted();
}

test('a dry run changes nothing and says what it would do', async () => {
  const id = await aboutAda(ORGANIZATION);
  expect(await purged({ apply: false, ids: [id] })).toMatchObject({
    purged: 1,
    left: 0,
    applied: false,
    done: [id],
  });
  expect(await mentions(id)).toContain('workflow_transition_audit');
  expect((await servers.temporal.workflow.getHandle(id).describe()).status.name).toBe('COMPLETED');
});

test('what an organization says about people is gone from Postgres and Temporal, and the chain is checked as before', async () => {
  const { intents, temporal, owner } = servers;
  const ids = [await aboutAda(OTHER_ORGANIZATION), await aboutAda(OTHER_ORGANIZATION)];
  const kept = await aboutAda(ORGANIZATION);
  const before = await intents.history(ids[0] as string);
  // The archive is no place to hide.
  await archiveIntents({
    pool: owner,
    before: new Date(Date.now() + 60_000),
    organizationId: OTHER_ORGANIZATION,
  });

  expect(await purged({ organizationId: OTHER_ORGANIZATION })).toMatchObject({
    purged: 2,
    left: 0,
    complete: true,
  });
  for (const id of ids) {
    expect(await mentions(id)).toEqual([]);
    await expect(temporal.workflow.getHandle(id).describe()).rejects.toThrow(WorkflowNotFoundError);
  }
  expect((await intents.history(ids[0] as string)).map(({ newState, hash }) => [newState, hash])).toEqual(
    before.map(({ newState, hash }) => [newState, hash]),
  );
  expect(await mentions(kept)).not.toEqual([]);
  const summary = await verified();
  expect(summary).toMatchObject({ found: [], unchecked: 0, forgotten: 2 });
  // Again changes nothing.
  expect(await purged({ organizationId: OTHER_ORGANIZATION })).toMatchObject({ purged: 2, left: 0 });
});

test('archive files are written anew, and what was erased is in none of them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'purge-test-'));
  try {
    const { privateKey: signingKey, publicKey: verifyingKey } = generateKeyPairSync('ed25519');
    const files = { folder, signingKey };
    const [id, neighbour] = [await aboutAda(ORGANIZATION), await aboutAda(ORGANIZATION)];
    await archiveIntents({ pool: servers.owner, before: new Date(Date.now() + 60_000), files });
    const text = () =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.gz'))
        .map((name) => gunzipSync(readFileSync(join(folder, name))).toString())
        .join('');
    const linesOf = (intent: string) =>
      text()
        .split('\n')
        .filter((line) => line.includes(intent));
    const before = linesOf(neighbour);
    expect(linesOf(id).join()).toContain(SECRET);

    expect((await purged({ ids: [id] })).reasons).toEqual([expect.stringMatching(/in the archive file/)]);
    expect(await purged({ ids: [id], files })).toMatchObject({ purged: 1, left: 0 });
    expect(linesOf(id)).toHaveLength(5);
    expect(linesOf(id).join()).not.toContain(SECRET);
    expect(linesOf(neighbour)).toEqual(before);
    expect((await verified({ archive: { folder, verifyingKey } })).found).toEqual([]);
    expect(await purged({ ids: [id], files })).toMatchObject({ purged: 1, left: 0 });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('an erased row that is altered is found all the same', async () => {
  const id = await aboutAda(ORGANIZATION);
  await purged({ ids: [id] });
  const tamper = (set: string) =>
    servers.owner.query(
      `ALTER TABLE workflow_transition_audit DISABLE TRIGGER check_change;
       UPDATE workflow_transition_audit SET ${set} WHERE workflow_id = '${id}' AND sequence = 2;
       ALTER TABLE workflow_transition_audit ENABLE TRIGGER check_change`,
    );
  await tamper(`actor = 'eve'`);
  expect((await verified({ mode: 'sql', ids: [id] })).found).toMatchObject([
    { code: 'ROW_ALTERED', sequence: 2 },
  ]);
  await tamper(`actor = NULL, transitioned_at = transitioned_at - interval '1 day'`);
  expect((await verified({ mode: 'sql', ids: [id] })).found).toMatchObject([
    { code: 'ROW_ALTERED', sequence: 2 },
  ]);
  await tamper(`transitioned_at = transitioned_at + interval '1 day'`);
  expect((await verified({ mode: 'sql', ids: [id] })).found).toEqual([]);
});

test('a purge that was stopped after Postgres is named by verify, and done by the next purge', async () => {
  const id = await aboutAda(ORGANIZATION);
  await servers.owner.query(`SELECT intent_erase($1, 'stopped')`, [id]);
  for (const mode of ['full', 'fast'] as const) {
    expect((await verified({ mode, ids: [id] })).found).toMatchObject([
      { code: 'ERASURE_INCOMPLETE', intentId: id },
    ]);
  }
  await purged({ ids: [id] });
  expect((await verified({ ids: [id] })).found).toEqual([]);
});

test('an intent that goes on is left, and named', async () => {
  const id = await aboutAda(ORGANIZATION, false);
  const env = servers.stack.env as NodeJS.ProcessEnv;
  const run = await capturedRun(['purge', id, '--reason', 'early', '--apply'], env);
  expect(run.exitCode).toBe(1);
  expect(run.stdout).toContain(`left alone: intent ${id}: it has not ended`);
  expect(await mentions(id)).toContain('intent_workflows');
});

test('purge needs a reason, and intents or an organization', async () => {
  const env = servers.stack.env as NodeJS.ProcessEnv;
  expect(await capturedRun(['purge'], env)).toMatchObject({ exitCode: 2 });
  expect(await capturedRun(['purge', '--reason', 'x'], env)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('name either intents or an organization') as string,
  });
});
