import type { Command } from 'commander';

import { ROLLOUT_LIMITS } from '../../rollout/limits';
import { ROLLBACK_CHECKS } from '../../rollout/rollback';
import { SMOKE_ORGANIZATION } from '../../rollout/smoke/smoke-organization';
import type { Cli } from '../cli';
import { interruptible } from '../interruptible';
import { taskQueueOption } from '../options';
import {
  addReportOptions,
  checksHelp,
  chosenChecks,
  factor,
  wholeUpTo,
  type ReportOptions,
} from '../rollout/options';
import { runRollout } from '../rollout/run-rollout';
import { smokeContext, type SmokeOptions } from '../rollout/smoke-context';

interface RollbackOptions extends SmokeOptions, ReportOptions {
  buildId?: string;
  sample: number;
  all?: boolean;
  baseline?: string;
  maxSlowdown: number;
}

const HELP = `
Checks, in the order of docs/deployment.md:
${checksHelp(ROLLBACK_CHECKS)}

The sample is half the newest and half the oldest running intents. Nothing of them is changed. What is measured is an
intent of its own, as of intent smoke, which it cancels.

Exit codes:
  0  all that was checked holds
  1  something does not hold, or could not be looked at
  2  wrong usage, or a file could not be written

Examples:
  intent rollback-check --baseline baseline.json --report rollback.md
  intent rollback-check --build-id 0.1.0-3f9c21 --all --baseline baseline.json`;

export function addRollbackCheckCommand(program: Command, cli: Cli): void {
  addReportOptions(
    program
      .command('rollback-check')
      .description('Checks after a way back that running intents go on, and that nothing was lost.')
      .option('--build-id <id>', 'build that a worker must be of')
      .option('--worker-log <file>', 'what a worker has printed, to look for its startup validation')
      .option(
        '--sample <number>',
        'running intents to look at',
        wholeUpTo(ROLLOUT_LIMITS.mostSample),
        ROLLOUT_LIMITS.sample,
      )
      .option('--all', 'verify all intents, and not the sample alone')
      .option('--baseline <file>', 'what intent smoke --json wrote before the deployment')
      .option('--max-slowdown <factor>', 'how many times as long as then transitions may take', factor, 2)
      .option(
        '--transitions <number>',
        'how many are measured',
        wholeUpTo(ROLLOUT_LIMITS.mostMeasuredTransitions),
        ROLLOUT_LIMITS.measuredTransitions,
      )
      .option('--organization <uuid>', 'whose the test intent is', SMOKE_ORGANIZATION)
      .addOption(taskQueueOption()),
  )
    .addHelpText('after', HELP)
    .action(async (options: RollbackOptions) => {
      const checks = chosenChecks(ROLLBACK_CHECKS, options);
      await interruptible(async (interrupted) => {
        const { buildId, sample, all = false, baseline, maxSlowdown } = options;
        const context = {
          ...smokeContext(cli, options, interrupted),
          buildId,
          sample,
          all,
          baseline,
          maxSlowdown,
        };
        const { servers, signal } = context;
        await runRollout(
          cli,
          { command: 'intent rollback-check', servers, checks, context, signal },
          options,
        );
      });
    });
}
