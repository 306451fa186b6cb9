import { readFileSync } from 'node:fs';

import { newIntentId } from '../../src/client/intent-id';
import { importEventLog, type ImportSummary } from '../../src/import/import-event-log';
import { registeredGraph } from '../../src/import/import-graph';
import { ImportStalledError } from '../../src/import/outcome-watch';
import { DEFAULT_COLUMNS } from '../../src/import/read-events';
import { sendCase } from '../../src/import/send-case';
import { capturedRun, type CapturedRun } from '../cli/captured-run';
import {
  createIntentEnvironment,
  fromEnvironment,
  type IntentEnvironment,
} from '../setup/intent-environment';
import { csv, declarations, logFolder } from './event-log';

const EXCERPT = 'examples/travel-declarations/excerpt.csv';
const folder = logFolder();
let environment: IntentEnvironment;
let organizations = 0;

beforeAll(async () => {
  environment = await createIntentEnvironment('import');
  await environment.startWorker();
});

afterAll(async () => {
  await environment.close();
  folder.remove();
});

/** A new one for each test, so that they do not see each other's intents. */
function newOrganization(): string {
  organizations += 1;
  return `0b8fd1a5-6f6c-4a1d-9a67-0d0f4bb7b${String(organizations).padStart(3, '0')}`;
}

async function run(file: string, organization: string, ...more: string[]): Promise<CapturedRun> {
  return capturedRun(
    [
      ...['import', file, '--organization', organization, '--task-queue', environment.taskQueue],
      ...['--graph-file', 'examples/travel-declarations/graph.json', ...more],
    ],
    {
      DATABASE_URL: environment.database.engineUrl,
      OWNER_DATABASE_URL: environment.database.ownerUrl,
      TEMPORAL_ADDRESS: fromEnvironment('TEST_TEMPORAL_ADDRESS'),
    },
  );
}

async function runJson(file: string, organization: string, ...more: string[]) {
  const { exitCode, stdout, stderr } = await run(file, organization, '--json', ...more);
  if (stdout === '') throw new Error(stderr);
  return { exitCode, summary: JSON.parse(stdout) as ImportSummary };
}

/** The audit trail as `case_id,activity in the file,time in UTC,role`, by case and sequence. */
async function auditTrail(organization: string): Promise<string[]> {
  const { rows } = await environment.pool.query<{ row: string }>(
    `SELECT concat_ws(',', i.title, a.metadata ->> 'activity',
                      to_char(a.transitioned_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), a.actor) AS row
       FROM workflow_transition_audit a JOIN intent_workflows i ON i.id = a.workflow_id
      WHERE a.organization_id = $1 AND a.sequence > 1 ORDER BY i.title, a.sequence`,
    [organization],
  );
  return rows.map(({ row }) => row);
}

function inUtc(row: string): string {
  const [caseId, activity, time = '', role] = row.split(',');
  return [caseId, activity, new Date(time).toISOString(), role].join(',');
}

/** Stable, so that the rows of a case keep their order. */
function byCase(rows: readonly string[]): string[] {
  const caseOf = (row: string) => row.slice(0, row.indexOf(','));
  return [...rows].sort((a, b) => (caseOf(a) < caseOf(b) ? -1 : caseOf(a) > caseOf(b) ? 1 : 0));
}

test('a real event log is imported row by row, and a second time adds no row', async () => {
  const organization = newOrganization();
  const rows = readFileSync(EXCERPT, 'utf8').trim().split('\n').slice(1);
  const first = await runJson(EXCERPT, organization);
  expect(first).toMatchObject({
    exitCode: 0,
    summary: { rows: 59, cases: 10, applied: 59, alreadyThere: 0, notImported: 0, complete: true },
  });
  expect(first.summary.check).toMatchObject({
    rowsInFile: 59,
    rowsInAudit: 59,
    missing: 0,
    extra: 0,
    differing: 0,
  });
  const trail = await auditTrail(organization);
  expect(trail).toEqual(byCase(rows.map(inUtc)));

  const second = await runJson(EXCERPT, organization);
  expect(second).toMatchObject({ exitCode: 0, summary: { applied: 0, alreadyThere: 59, complete: true } });
  expect(await auditTrail(organization)).toEqual(trail);
});

test('an intent begins when the first row of its case happened', async () => {
  const organization = newOrganization();
  await runJson(folder.write('one.csv', csv(declarations(1).flat())), organization);
  const { rows } = await environment.pool.query<{ transitioned_at: Date }>(
    'SELECT transitioned_at FROM workflow_transition_audit WHERE organization_id = $1 AND sequence = 1',
    [organization],
  );
  expect(rows.map((row) => row.transitioned_at.toISOString())).toEqual(['2017-01-09T08:00:00.000Z']);
});

test('bad rows are reported with their lines, and the others are imported', async () => {
  const organization = newOrganization();
  const [good = [], skipping = [], broken = []] = declarations(3);
  const file = folder.write(
    'bad.csv',
    csv([
      ...good,
      // Line 7: a declaration can't be paid before it was submitted.
      'case-1,Payment Handled,2017-01-01T09:00:00Z,EMPLOYEE',
      ...skipping,
      'case-9,Reopened,2017-01-09T09:00:00Z,EMPLOYEE',
      'too,short',
      `${broken[0]?.replace('2017', 'in 2017')}`,
      ...broken,
    ]),
  );
  const errors = folder.write('errors.csv', '');
  const { exitCode, stdout } = await run(file, organization, '--errors', errors);
  expect(exitCode).toBe(1);
  expect(stdout).toContain('4 rows were not imported (');
  expect(stdout).toMatch(/line 7, case-1: ILLEGAL_TRANSITION: CREATED does not lead to PAYMENT_HANDLED/);
  expect(stdout).toMatch(/line 13, case-9: UNKNOWN_STATE: "Reopened" is no state/);
  expect(stdout).toMatch(/line 14, too: MALFORMED_ROW: has 2 columns instead of 4/);
  expect(stdout).toMatch(/line 15, case-2: MALFORMED_ROW: time "in 2017-/);
  expect(stdout).toMatch(
    /16 rows in the file, 15 in the audit trail\n +1 missing \(1 of them rejected\), 0 extra/,
  );
  const trail = [good, skipping, broken].flat().map(inUtc);
  expect(await auditTrail(organization)).toEqual(byCase(trail));

  const written = readFileSync(errors, 'utf8').trim().split('\n');
  expect(written[0]).toBe('line,case_id,code,reason');
  expect(written.slice(1).map((line) => line.split(',')[0])).toEqual(
    expect.arrayContaining(['7', '13', '14', '15']),
  );
});

test('rows of a case may be scattered through the file', async () => {
  const organization = newOrganization();
  const cases = declarations(4);
  const scattered = Array.from({ length: 5 }, (_, index) =>
    cases.map((rows) => rows[index] as string),
  ).flat();
  const { exitCode } = await runJson(folder.write('scattered.csv', csv(scattered)), organization);
  expect(exitCode).toBe(0);
  expect(await auditTrail(organization)).toEqual(byCase(cases.flat().map(inUtc)));
});

test('a longer export of the same cases adds only what is new', async () => {
  const organization = newOrganization();
  const rows = declarations(3).flat();
  await runJson(folder.write('short.csv', csv(rows.filter((_, index) => index % 5 < 3))), organization);
  const { exitCode, summary } = await runJson(folder.write('long.csv', csv(rows)), organization);
  expect({ exitCode, ...summary }).toMatchObject({
    exitCode: 0,
    applied: 6,
    alreadyThere: 9,
    complete: true,
  });
});

test('rows behind the end of an intent are reported as such, whenever they come', async () => {
  const organization = newOrganization();
  const rows = [
    'c,Declaration SAVED by EMPLOYEE,2017-01-09T09:00:00Z,EMPLOYEE',
    'c,CLOSED,2017-01-09T09:01:00Z,EMPLOYEE',
    'c,Request Payment,2017-01-09T09:02:00Z,EMPLOYEE',
  ];
  await runJson(folder.write('ended.csv', csv(rows.slice(0, 2))), organization);
  const { exitCode, summary } = await runJson(folder.write('ended.csv', csv(rows)), organization);
  expect(exitCode).toBe(1);
  expect(summary.codes).toEqual({ TERMINAL_STATE: 1 });
  expect(summary.problems).toMatchObject([
    { line: 4, reason: expect.stringContaining('has ended in CLOSED') as unknown },
  ]);
});

test('a case whose intent has ended since Postgres was asked is not started again', async () => {
  const organizationId = newOrganization();
  const rows = [
    'c,Declaration SAVED by EMPLOYEE,2017-01-09T09:00:00Z,EMPLOYEE',
    'c,CLOSED,2017-01-09T09:01:00Z,EMPLOYEE',
  ];
  await runJson(folder.write('ending.csv', csv(rows)), organizationId);
  const intentId = newIntentId(organizationId, 'c');
  await environment.temporal.workflow.getHandle(intentId).result();
  const late = {
    line: 4,
    role: '',
    request: { requestId: 'late', to: 'CLOSED', occurredAt: '2017-01-09T09:02:00Z' },
  };
  const sent = await sendCase({ caseId: 'c', intentId, rows: [late] }, [late.request], false, {
    temporal: environment.temporal,
    taskQueue: environment.taskQueue,
    organizationId,
    graph: 'travel-declarations@1',
  });
  expect(sent).toBe(0);
});

test('the check finds rows that differ from the audit trail, lack in it, or are too many there', async () => {
  const organization = newOrganization();
  const rows = declarations(2).flat();
  await runJson(folder.write('as-imported.csv', csv(rows)), organization);
  const changed = rows.map((row, index) => (index === 3 ? row.replace(/EMPLOYEE$/, 'NOBODY') : row));
  const differs = await runJson(folder.write('changed.csv', csv(changed)), organization);
  expect(differs).toMatchObject({
    exitCode: 1,
    summary: { check: { differing: 1, lines: [5], equal: false } },
  });

  const fewer = await runJson(folder.write('fewer.csv', csv(rows.slice(0, -1))), organization);
  expect(fewer).toMatchObject({ exitCode: 1, summary: { check: { extra: 1, missing: 0, equal: false } } });
});

test('a row that comes again later in its case is reported, not taken for another transition', async () => {
  const [rows = []] = declarations(1);
  const file = folder.write('repeated.csv', csv([...rows, rows[0] ?? '']));
  const { exitCode, summary } = await runJson(file, newOrganization());
  expect(exitCode).toBe(1);
  expect(summary).toMatchObject({ applied: 5, check: { equal: true } });
  expect(summary.problems).toMatchObject([{ line: 7, code: 'REPEATED_ROW' }]);
});

test('without a worker the import gives up, says so, and goes on once there is one', async () => {
  const organizationId = newOrganization();
  const file = folder.write('no-worker.csv', csv(declarations(2).flat()));
  const graph = await registeredGraph(environment.pool, 'travel-declarations');
  const { pool, temporal } = environment;
  const taskQueue = `${environment.taskQueue}-without-worker`;
  const options = { file, columns: DEFAULT_COLUMNS, graph, organizationId, pool, temporal, taskQueue };
  const stalled = importEventLog({ ...options, stallMs: 300 });
  await expect(stalled).rejects.toThrow(ImportStalledError);
  await expect(stalled).rejects.toThrow(`is a worker running on the task queue ${taskQueue}?`);

  const stop = await environment.startWorker({ taskQueue });
  expect(await importEventLog(options)).toMatchObject({ applied: 10, complete: true });
  await stop();
});

test('an intent of another graph is left alone', async () => {
  const organization = newOrganization();
  await environment.intents.create({ organizationId: organization, idempotencyKey: 'case-0' });
  const { id } = await environment.intents.create({ organizationId: organization, idempotencyKey: 'case-0' });
  await environment.intents.waitForState(id, 'CREATED');
  const { exitCode, summary } = await runJson(
    folder.write('log.csv', csv(declarations(2).flat())),
    organization,
  );
  expect(exitCode).toBe(1);
  expect(summary).toMatchObject({ applied: 5, codes: { OTHER_GRAPH: 5 } });
});

test('a column that is not there is wrong usage, and suggests the right one', async () => {
  const { exitCode, stderr } = await run(EXCERPT, newOrganization(), '--time-column', 'timestmap');
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/--time-column: .* \(Did you mean timestamp\?\)/);
});
