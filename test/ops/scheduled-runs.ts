import type { ScheduleHandle } from '@temporalio/client';

import type { Verification } from '../../src/database/verifications';
import { INTENT_WORKFLOW_TYPE, VERIFY_SCHEDULE_ID } from '../../src/intent';
import { capturedRun, type CapturedRun } from '../cli/captured-run';
import { eventually } from '../setup/eventually';
import { ORGANIZATION } from '../setup/intent-environment';
import { startWorkerProcess, type WorkerProcess } from '../setup/worker-process';
import { useOwnServers } from './own-servers';

type OwnServers = ReturnType<typeof useOwnServers>;

/** Servers without a worker, and the schedule of verifications on them. */
export interface ScheduledRuns {
  servers: OwnServers;
  schedule: () => ScheduleHandle;
  /** The compiled worker, with these options. */
  startWorker: (...args: string[]) => WorkerProcess;
  /** `intent schedule …` */
  command: (...args: string[]) => Promise<CapturedRun>;
  /** The rows so far, oldest first. */
  rows: () => Promise<Verification[]>;
  /** Asks for a run and waits for its row, and for the schedule to see its end. */
  verifiedNow: () => Promise<Verification>;
  /** The one row that comes after this many. */
  rowAfter: (before: number) => Promise<Verification>;
  /** Workflow ID of the run that is under way, as soon as there is one. */
  runningWorkflow: () => Promise<string>;
  /**
   * Starts intents on a task queue of their own, the last in the order of ids. While no worker polls it, a verification
   * waits 15 s for each eight of them.
   */
  startLast: (count: number, taskQueue: string) => Promise<string[]>;
  /** Changes the trail as whoever administers the database could, the triggers' rules aside. */
  tamper: (sql: string) => Promise<void>;
}

export function useScheduledRuns(): ScheduledRuns {
  const servers = useOwnServers({ worker: false });
  const schedule = () => servers.temporal.schedule.getHandle(VERIFY_SCHEDULE_ID);
  const command = (...args: string[]) => capturedRun(['schedule', ...args], servers.stack.env);

  async function rows(): Promise<Verification[]> {
    const { rows: stored } = await servers.pool.query<Verification>(
      `SELECT run_id AS "runId", intents, witnessed, forgotten, filed, unchecked, findings, samples, failure, complete,
              clean
         FROM intent_verifications ORDER BY finished_at`,
    );
    return stored;
  }

  async function rowAfter(before: number): Promise<Verification> {
    // On a busy machine it waits once more for intents whose worker is only just there again.
    await eventually(async () => {
      expect((await schedule().describe()).info.runningActions).toEqual([]);
    }, 100_000);
    return eventually(async () => {
      const stored = await rows();
      expect(stored).toHaveLength(before + 1);
      return stored.at(-1) as Verification;
    });
  }

  return {
    servers,
    schedule,
    startWorker: (...args) => startWorkerProcess(args, servers.stack.env),
    command,
    rows,
    rowAfter,
    async verifiedNow() {
      const before = (await rows()).length;
      expect(await command('run', 'verify')).toMatchObject({ exitCode: 0 });
      return rowAfter(before);
    },
    runningWorkflow: () =>
      eventually(async () => {
        const [running] = (await schedule().describe()).info.runningActions;
        const { workflowId } = running?.workflow ?? {};
        expect(workflowId).toBeDefined();
        return workflowId as string;
      }),
    async startLast(count, taskQueue) {
      const ids = Array.from(
        { length: count },
        (_, index) => `ffffffff-0000-4000-8000-${String(index).padStart(12, '0')}`,
      );
      for (const workflowId of ids) {
        const args = [{ organizationId: ORGANIZATION }];
        await servers.temporal.workflow.start(INTENT_WORKFLOW_TYPE, { workflowId, taskQueue, args });
      }
      for (const id of ids) await servers.intents.waitForState(id, 'CREATED');
      return ids;
    },
    tamper: async (sql) => {
      await servers.owner.query(`ALTER TABLE workflow_transition_audit DISABLE TRIGGER USER; ${sql};
                                 ALTER TABLE workflow_transition_audit ENABLE TRIGGER USER`);
    },
  };
}
