import type { Command } from 'commander';

import { ROLLOUT_LIMITS } from '../../rollout/limits';
import { SMOKE_CHECKS } from '../../rollout/smoke';
import { SMOKE_ORGANIZATION } from '../../rollout/smoke/smoke-organization';
import type { Cli } from '../cli';
import { interruptible } from '../interruptible';
import { ageOption, taskQueueOption } from '../options';
import {
  addReportOptions,
  checksHelp,
  chosenChecks,
  wholeUpTo,
  type ReportOptions,
} from '../rollout/options';
import { runRollout } from '../rollout/run-rollout';
import { smokeContext, type SmokeOptions } from '../rollout/smoke-context';

const HELP = `
Checks, in the order of docs/deployment.md:
${checksHelp(SMOKE_CHECKS)}

Safe in production: it moves one intent of its own, "smoke test", in an organization of its own, and cancels it at the end,
also after Ctrl-C. Its audit rows stay, as all do. Two at once do not know of each other. One that is killed leaves an
intent, which a later one cancels.
With INTENT_API_URL and INTENT_API_KEY, a key of that organization, it goes through the HTTP API as well.

Exit codes:
  0  all that was checked holds
  1  something does not hold, or could not be looked at
  2  wrong usage, or a file could not be written

Examples:
  intent smoke --worker-log /var/log/intent-worker.log --report smoke.md
  intent smoke --json > baseline.json`;

export function addSmokeCommand(program: Command, cli: Cli): void {
  addReportOptions(
    program
      .command('smoke')
      .description('Checks after a deployment that it works, with a test intent that it takes back.')
      .option('--organization <uuid>', 'whose the test intent is', SMOKE_ORGANIZATION)
      .option('--worker-log <file>', 'what a worker has printed, to look for its startup validation')
      .option(
        '--transitions <number>',
        'how many are measured',
        wholeUpTo(ROLLOUT_LIMITS.mostMeasuredTransitions),
        ROLLOUT_LIMITS.measuredTransitions,
      )
      .addOption(
        ageOption(
          '--leftover-after <duration>',
          'age of a test intent from which it counts as left',
          ROLLOUT_LIMITS.leftoverMs,
        ),
      )
      .addOption(taskQueueOption()),
  )
    .addHelpText('after', HELP)
    .action(async (options: SmokeOptions & ReportOptions) => {
      const checks = chosenChecks(SMOKE_CHECKS, options);
      await interruptible(async (interrupted) => {
        const context = smokeContext(cli, options, interrupted);
        const { servers, signal } = context;
        await runRollout(cli, { command: 'intent smoke', servers, checks, context, signal }, options);
      });
    });
}
