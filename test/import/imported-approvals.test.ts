import type { ImportSummary } from '../../src/import/import-event-log';
import { capturedRun } from '../cli/captured-run';
import {
  createIntentEnvironment,
  fromEnvironment,
  ORGANIZATION,
  type IntentEnvironment,
} from '../setup/intent-environment';

let environment: IntentEnvironment;

beforeAll(async () => {
  environment = await createIntentEnvironment('imported approvals');
  await environment.startWorker();
});
afterAll(() => environment.close());

async function importExcerpt(): Promise<ImportSummary> {
  const { stdout, stderr } = await capturedRun(
    [
      ...['import', 'examples/travel-declarations/excerpt.csv', '--organization', ORGANIZATION],
      ...[
        '--graph-file',
        'examples/travel-declarations/graph-v2.json',
        '--task-queue',
        environment.taskQueue,
      ],
      '--json',
    ],
    {
      DATABASE_URL: environment.database.engineUrl,
      OWNER_DATABASE_URL: environment.database.ownerUrl,
      TEMPORAL_ADDRESS: fromEnvironment('TEST_TEMPORAL_ADDRESS'),
    },
  );
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as ImportSummary;
}

const APPROVED_BY = {
  DECLARATION_APPROVED_BY_ADMINISTRATION: 'ADMINISTRATION',
  DECLARATION_APPROVED_BY_BUDGET_OWNER: 'BUDGET OWNER',
  DECLARATION_APPROVED_BY_PRE_APPROVER: 'PRE_APPROVER',
  DECLARATION_FINAL_APPROVED_BY_SUPERVISOR: 'SUPERVISOR',
};

test('approvals of real declarations are imported as votes of their roles, and nothing else is', async () => {
  const summary = await importExcerpt();
  expect(summary).toMatchObject({ rows: 59, applied: 59, problems: [], complete: true });

  const { rows } = await environment.pool.query<{ state: string; kind: string; votes: string[] | null }>(
    `SELECT a.new_state AS state, a.kind,
            array_agg(v.role || ' ' || v.voted_at::text = v.actor || ' ' || a.transitioned_at::text)
              FILTER (WHERE v.number IS NOT NULL) AS votes
       FROM workflow_transition_audit a
       LEFT JOIN workflow_transition_votes v USING (workflow_id, request_id)
      WHERE a.sequence > 1 GROUP BY a.workflow_id, a.sequence, a.new_state, a.kind`,
  );
  expect(rows).toHaveLength(59);
  for (const { state, kind, votes } of rows) {
    const approving = Object.hasOwn(APPROVED_BY, state);
    expect([state, kind, votes]).toEqual([
      state,
      approving ? 'approval' : 'transition',
      approving ? [true] : null,
    ]);
  }
  const roles = await environment.pool.query<{ state: string; role: string }>(
    'SELECT DISTINCT to_state AS state, role FROM workflow_transition_votes ORDER BY 1',
  );
  expect(Object.fromEntries(roles.rows.map(({ state, role }) => [state, role]))).toEqual(APPROVED_BY);
  const verified = await capturedRun(['verify', '--sql-only', '--json'], {
    DATABASE_URL: environment.database.engineUrl,
  });
  expect(verified.exitCode).toBe(0);

  // Again: everything is there.
  expect(await importExcerpt()).toMatchObject({ applied: 0, alreadyThere: 59, complete: true });
});
