import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { archiveIntents, type ArchiveOptions } from '../../src/archive/archive-intents';
import { readSigningKey, readVerifyingKey } from '../../src/archive/manifest';
import { insertOutcomes } from '../../src/database/insert-outcomes';
import { readHistory } from '../../src/database/read-history';
import { readOutcomes } from '../../src/database/read-outcomes';
import { readRejections } from '../../src/database/read-rejections';
import { readVotes } from '../../src/database/read-votes';
import type { Finding } from '../../src/ops/findings';
import { verify } from '../../src/ops/verify';
import { capturedRun } from '../cli/captured-run';
import {
  applied,
  AT,
  createdIntent,
  refusal,
  rejected,
  TO_FAILED,
  TO_PENDING,
  TO_PROCESSING,
  useDatabase,
} from '../database/use-database';

const pools = useDatabase('archive');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'archive-test-'));
  writeKeyPair('private.pem', 'public.pem');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function writeKeyPair(privateName: string, publicName: string): void {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  writeFileSync(join(folder, privateName), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(join(folder, publicName), publicKey.export({ type: 'spki', format: 'pem' }));
}
const toFiles = async () => ({ folder, signingKey: await readSigningKey(join(folder, 'private.pem')) });
const fromFiles = async () => ({ folder, verifyingKey: await readVerifyingKey(join(folder, 'public.pem')) });

type Intent = Awaited<ReturnType<typeof createdIntent>>;

const LAST = applied(4, ['ICP_PROCESSING', 'CANCELLED'], { actor: 'ada', metadata: { long: 1e21 } });

/** With four audit rows and two rejections. */
async function endedIntent(transitionedAt = AT): Promise<Intent> {
  const intent = await createdIntent(pools.engine, { createdBy: 'ada' });
  await insertOutcomes(pools.engine, intent, [
    applied(2, TO_PENDING, { reason: 'ready' }),
    rejected(1),
    applied(3, TO_PROCESSING),
    rejected(2),
    { ...LAST, transitionedAt },
  ]);
  return intent;
}

const archived = (options: Partial<ArchiveOptions> = {}) =>
  archiveIntents({ pool: pools.owner, before: new Date(Date.now() + 60_000), ...options });

/** Where each row of an intent stands; each must stand in one place. */
async function places(ids: readonly string[]): Promise<Record<string, number>> {
  const { rows } = await pools.superuser.query<{ place: string; count: number }>(
    `SELECT place, count(*)::integer FROM (
       SELECT 'audit' AS place, workflow_id FROM workflow_transition_audit
       UNION ALL SELECT 'audit archived', workflow_id FROM workflow_transition_audit_archive
       UNION ALL SELECT 'rejections', workflow_id FROM workflow_transition_rejections
       UNION ALL SELECT 'rejections archived', workflow_id FROM workflow_transition_rejections_archive
       UNION ALL SELECT 'votes', workflow_id FROM workflow_transition_votes
       UNION ALL SELECT 'votes archived', workflow_id FROM workflow_transition_votes_archive
     ) all_rows WHERE workflow_id = ANY ($1) GROUP BY 1`,
    [ids],
  );
  return Object.fromEntries(rows.map(({ place, count }) => [place, count]));
}

async function findings(archive?: Awaited<ReturnType<typeof fromFiles>>): Promise<Finding[]> {
  const found: Finding[] = [];
  await verify({
    mode: 'sql',
    pool: pools.engine,
    archive,
    onFinding: (finding) => found.push(finding),
    onUnchecked: () => undefined,
  });
  return found;
}

const seen = async (id: string) => [
  await readHistory(pools.engine, id),
  await readRejections(pools.engine, id),
  await readVotes(pools.engine, id),
];

describe('to tables', () => {
  test('rows of intents that have ended move, and everybody reads them as before', async () => {
    const ended = await endedIntent();
    const old = await endedIntent('2019-05-05T10:00:00.000Z');
    const running = await createdIntent(pools.engine);
    const before = await seen(ended.id);
    const keys = ['request-2', 'rejected-2'].map((requestId) => ({ intentId: ended.id, requestId }));
    const outcomes = await readOutcomes(pools.engine, keys);

    expect(await archived()).toMatchObject({ intents: 2, auditRows: 8, rejections: 4, complete: true });
    expect(await places([ended.id, old.id])).toEqual({ 'audit archived': 8, 'rejections archived': 4 });
    expect(await places([running.id])).toEqual({ audit: 1 });
    expect(await seen(ended.id)).toEqual(before);
    expect(await readOutcomes(pools.engine, keys)).toEqual(outcomes);
    expect(outcomes.map((outcome) => outcome?.status)).toEqual(['applied', 'rejected']);
    expect(await findings()).toEqual([]);
    expect(await archived()).toMatchObject({ intents: 0, complete: true });
  });

  test('an intent that ended, or was written, after the given moment stays', async () => {
    const { id } = await endedIntent('2019-05-05T10:00:00.000Z');
    expect(await archived({ before: new Date('2020-01-01T00:00:00Z') })).toMatchObject({ intents: 0 });
    expect(await places([id])).toEqual({ audit: 4, rejections: 2 });
  });

  test('what is recorded again after it was archived changes nothing and gives what is stored', async () => {
    const intent = await endedIntent();
    const before = await seen(intent.id);
    await archived();
    const again = await insertOutcomes(pools.engine, intent, [rejected(2), LAST]);
    expect(again).toEqual([
      { sequence: 4, transitionedAt: AT, hash: (await readHistory(pools.engine, intent.id)).at(-1)?.hash },
    ]);
    expect(await seen(intent.id)).toEqual(before);
    const other = insertOutcomes(pools.engine, intent, [{ ...LAST, requestId: 'another' }]);
    expect(await refusal(other)).toBe('IE001');
  });

  test('a rejection that comes later stays in its table, and is read behind the archived ones', async () => {
    const intent = await endedIntent();
    await archived();
    await insertOutcomes(pools.engine, intent, [
      rejected(3, { requestId: 'rejected-2', code: 'TERMINAL_STATE' }),
    ]);
    expect((await readRejections(pools.engine, intent.id)).map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(
      await readOutcomes(pools.engine, [{ intentId: intent.id, requestId: 'rejected-2' }]),
    ).toMatchObject([{ code: 'TERMINAL_STATE' }]);
    expect(await findings()).toEqual([]);
  });

  test('several runs at once move each row once', async () => {
    const intents = await Promise.all(Array.from({ length: 100 }, () => endedIntent()));
    const runs = await Promise.all(Array.from({ length: 8 }, () => archived({ batchSize: 1 })));
    expect(runs.reduce((sum, { intents: moved }) => sum + moved, 0)).toBe(100);
    expect(await places(intents.map(({ id }) => id))).toEqual({
      'audit archived': 400,
      'rejections archived': 200,
    });
    expect(await findings()).toEqual([]);
  });

  test('a run that is killed in the middle, again and again, loses and repeats nothing', async () => {
    const intents = await Promise.all(Array.from({ length: 40 }, () => endedIntent()));
    const ids = intents.map(({ id }) => id);
    let deaths = 0;
    for (let kill = 1; kill <= 5; kill += 1) {
      let batches = 0;
      const dying = archived({
        batchSize: 3,
        onBatch: () => {
          batches += 1;
          // The connection of the batch that comes next is cut while it works.
          if (batches === 2) {
            void pools.superuser.query(
              `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE usename = 'intent_owner' AND datname = current_database()`,
            );
          }
        },
      });
      await dying.catch(() => (deaths += 1));
      const place = await places(ids);
      expect((place['audit'] ?? 0) + (place['audit archived'] ?? 0)).toBe(160);
      expect((place['rejections'] ?? 0) + (place['rejections archived'] ?? 0)).toBe(80);
    }
    expect(deaths).toBeGreaterThan(0);
    await archived();
    expect(await places(ids)).toEqual({ 'audit archived': 160, 'rejections archived': 80 });
    expect(await findings()).toEqual([]);
  });

  test('nobody who records or reads waits for a batch that is being moved', async () => {
    await archived();
    const ended = await endedIntent();
    const other = await createdIntent(pools.engine);
    const client = await pools.owner.connect();
    try {
      await client.query('BEGIN');
      // As a batch holds them.
      await client.query(
        `INSERT INTO intent_archives (workflow_id, organization_id, ended_at, transitions, rejections)
         SELECT id, organization_id, ended_at, sequence, 2 FROM intent_workflows WHERE id = $1 FOR UPDATE`,
        [ended.id],
      );
      await pools.engine.query(`SET lock_timeout = '1s'`);
      await insertOutcomes(pools.engine, other, [applied(2, TO_PENDING), applied(3, TO_PROCESSING)]);
      await insertOutcomes(pools.engine, other, [applied(4, TO_FAILED)]);
      expect(await readHistory(pools.engine, ended.id)).toHaveLength(4);
      await createdIntent(pools.engine);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });

  test('an archived row that is altered is found and named', async () => {
    const { id } = await endedIntent();
    await archived();
    await pools.superuser.query(
      `ALTER TABLE workflow_transition_audit_archive DISABLE TRIGGER check_change;
       UPDATE workflow_transition_audit_archive SET actor = 'eve' WHERE workflow_id = '${id}' AND sequence = 3;
       ALTER TABLE workflow_transition_audit_archive ENABLE TRIGGER check_change`,
    );
    expect(await findings()).toMatchObject([{ code: 'ROW_ALTERED', intentId: id, sequence: 3 }]);
    await pools.superuser.query(
      `ALTER TABLE workflow_transition_audit_archive DISABLE TRIGGER check_change;
       UPDATE workflow_transition_audit_archive SET actor = NULL WHERE workflow_id = '${id}' AND sequence = 3;
       ALTER TABLE workflow_transition_audit_archive ENABLE TRIGGER check_change`,
    );
    expect(await findings()).toEqual([]);
  });

  test('rows that are in no trail do not get into the archive, and the engine can archive nothing', async () => {
    const { id } = await endedIntent();
    await archived();
    const forged = `INSERT INTO workflow_transition_audit_archive
       SELECT workflow_id, organization_id, 5, 'forged', new_state, new_state, NULL, NULL, NULL, transitioned_at,
              created_at, personal_digest, hash, ended_at
         FROM workflow_transition_audit_archive WHERE workflow_id = '${id}' AND sequence = 4`;
    expect(await refusal(pools.owner.query(forged))).toBe('IE004');
    await endedIntent();
    expect(await refusal(archived({ pool: pools.engine }))).toBe('42501');
    await archived();
  });
});

describe('to files', () => {
  const dataFiles = () => readdirSync(folder).filter((name) => name.endsWith('.ndjson.gz'));

  test('rows move to signed files, and verify reads them as it reads tables', async () => {
    const intents = [await endedIntent(), await endedIntent(), await endedIntent()];
    const summary = await archived({ files: await toFiles(), batchSize: 2 });
    expect(summary).toMatchObject({ intents: 3, auditRows: 12, rejections: 6, files: 2, complete: true });
    expect(await places(intents.map(({ id }) => id))).toEqual({});
    const history = await capturedRun(['history', intents[0]?.id ?? ''], {
      DATABASE_URL: pools.engine.options.connectionString,
    });
    expect(history).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/are in the archive file intents-/) as string,
    });
    expect(dataFiles()).toHaveLength(2);
    expect(await findings(await fromFiles())).toEqual([]);
    // Without the files they are neither missing nor called verified.
    expect(await findings()).toEqual([]);
  });

  test('what is recorded again after it went to a file changes nothing and gives the head', async () => {
    const intent = await endedIntent();
    const head = (await readHistory(pools.engine, intent.id)).at(-1);
    await archived({ files: await toFiles() });
    expect(await insertOutcomes(pools.engine, intent, [rejected(2), LAST])).toEqual([
      { sequence: 4, transitionedAt: AT, hash: head?.hash },
    ]);
    expect(await places([intent.id])).toEqual({});
  });

  test.each([
    ['a byte of a file', (name: string) => flipByte(join(folder, name)), /its SHA-256 is/],
    [
      'a manifest',
      (name: string) => rewrite(`${name}.manifest.json`, '"intents": 1', '"intents": 2'),
      /not signed/,
    ],
    ['a signature', (name: string) => rewrite(`${name}.manifest.sig`, /^..../, 'AAAA'), /not signed/],
    ['a file that is gone', (name: string) => rmSync(join(folder, name)), /ENOENT/],
  ])('%s is found and named', async (_what, damage, detail) => {
    const known = new Set(dataFiles());
    await endedIntent();
    await archived({ files: await toFiles() });
    const name = dataFiles().find((candidate) => !known.has(candidate)) ?? '';
    const kept = ['', '.manifest.json', '.manifest.sig'].map(
      (suffix) => [join(folder, name + suffix), readFileSync(join(folder, name + suffix))] as const,
    );
    damage(name);
    expect(await findings(await fromFiles())).toEqual([
      { code: 'ARCHIVE_FILE_ALTERED', detail: expect.stringMatching(detail) as string },
    ]);
    for (const [path, content] of kept) writeFileSync(path, content);
    expect(await findings(await fromFiles())).toEqual([]);
  });

  test('files signed by another key are found', async () => {
    writeKeyPair('other.pem', 'other-public.pem');
    const verifyingKey = await readVerifyingKey(join(folder, 'other-public.pem'));
    expect(new Set((await findings({ folder, verifyingKey })).map(({ code }) => code))).toEqual(
      new Set(['ARCHIVE_FILE_ALTERED']),
    );
  });

  test('a run that dies after the file was written leaves the rows where they are', async () => {
    const { id } = await endedIntent();
    const before = dataFiles().length;
    await pools.superuser.query(
      `CREATE FUNCTION dies() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
       CREATE TRIGGER dies AFTER INSERT ON intent_archives FOR EACH ROW EXECUTE FUNCTION dies()`,
    );
    await expect(archived({ files: await toFiles() })).rejects.toThrow();
    await pools.superuser.query('DROP FUNCTION dies() CASCADE');
    expect(await places([id])).toEqual({ audit: 4, rejections: 2 });
    expect(dataFiles()).toHaveLength(before + 1);
    // The file that nobody refers to does no harm.
    expect(await findings(await fromFiles())).toEqual([]);
    await archived({ files: await toFiles() });
    expect(await findings(await fromFiles())).toEqual([]);
  });

  function flipByte(path: string): void {
    const content = readFileSync(path);
    content.writeUInt8(content.readUInt8(content.length - 1) ^ 1, content.length - 1);
    writeFileSync(path, content);
  }

  function rewrite(name: string, from: string | RegExp, to: string): void {
    const path = join(folder, name);
    const text = readFileSync(path, 'utf8');
    expect(text.replace(from, to)).not.toBe(text);
    writeFileSync(path, text.replace(from, to));
  }
});

describe('intent archive', () => {
  const run = (...args: string[]) =>
    capturedRun(['archive', ...args], { OWNER_DATABASE_URL: pools.owner.options.connectionString });

  test('counts in a dry run, moves without one, and has nothing to do then', async () => {
    await archived();
    const { id } = await endedIntent();
    expect(await run('--older-than', '0s', '--dry-run')).toMatchObject({
      exitCode: 0,
      stdout: '1 intents would be moved.\n',
    });
    expect(await places([id])).toEqual({ audit: 4, rejections: 2 });
    const moved = await run('--older-than', '0s', '--json');
    expect(moved.exitCode).toBe(0);
    expect(JSON.parse(moved.stdout)).toEqual({
      intents: 1,
      auditRows: 4,
      rejections: 2,
      votes: 0,
      files: 0,
      complete: true,
    });
    expect((await run('--older-than', '90d')).stdout).toBe('0 intents moved: 0 audit rows, 0 rejections.\n');
  });

  test.each([
    [[], /--older-than <duration>' not specified/],
    [['--older-than', '90'], /Not a duration, such as 90d/],
    [['--older-than', '1d', '--signing-key', 'x'], /give their folder with --files/],
    [['--older-than', '1d', '--files', '.'], /--signing-key: files need one; openssl genpkey/],
    [['--older-than', '1d', '--files', './nowhere', '--signing-key', 'x'], /--files: .*nowhere is no folder/],
    [['--older-than', '1d', '--organization', 'acme'], /--organization: must be a UUID/],
  ])('%j says what is wrong and how to mend it', async (args, message) => {
    expect(await run(...args)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(message) as string,
    });
  });

  test.each(['nowhere.pem', 'public.pem'])('a signing key in %s is no signing key', async (name) => {
    const result = await run('--older-than', '1d', '--files', folder, '--signing-key', join(folder, name));
    expect(result).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/genpkey -algorithm ed25519/) as string,
    });
  });
});
