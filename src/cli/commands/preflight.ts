import type { Command } from 'commander';

import { ROLLOUT_LIMITS } from '../../rollout/limits';
import { PREFLIGHT_CHECKS } from '../../rollout/preflight';
import { Servers } from '../../rollout/servers';
import type { Cli } from '../cli';
import { resolveEnvironment } from '../environment';
import { interruptible } from '../interruptible';
import { ageOption, taskQueueOption } from '../options';
import {
  addReportOptions,
  checksHelp,
  chosenChecks,
  eachNamed,
  type ReportOptions,
} from '../rollout/options';
import { runRollout } from '../rollout/run-rollout';

interface PreflightCommandOptions extends ReportOptions {
  backup?: string;
  backupCommand?: string;
  backupMaxAge: number;
  full?: boolean;
  checkout: string;
  ciJunit: string[];
  ciMaxAge: number;
  keyMaxAge: number;
  require: string[];
  pooler?: boolean;
  taskQueue: string;
}

const HELP = `
Checks, in the order of docs/deployment.md:
${checksHelp(PREFLIGHT_CHECKS)}

What belongs to the code (tests, types, freeze, stress) is run by --full, in a checkout and without the servers of the
environment; else read from --ci-junit: a file that this command wrote in CI, or, for the tests, one of any test runner.
Nothing is changed. What audit-logging tries is rolled back.

Exit codes:
  0  all that was checked holds; what was left out by --skip is shown as skipped
  1  something does not hold, or could not be looked at
  2  wrong usage, or a file could not be written

Examples:
  intent preflight --backup /backups/intent.dump --ci-junit ci.xml --report preflight.md
  intent preflight --full --only tests,types,freeze,stress --junit ci.xml
  intent preflight --backup-command '/opt/backup/check production' --ci-junit ci.xml --junit preflight.xml`;

export function addPreflightCommand(program: Command, cli: Cli): void {
  addReportOptions(
    program
      .command('preflight')
      .description(
        'Checks before a deployment that everything is in place: backup, settings, servers, rules, schema.',
      )
      .option('--backup <path>', 'file or folder of pg_dump or pg_basebackup, which must be whole and fresh')
      .option('--backup-command <command>', 'must succeed: it says whether there is a backup')
      .addOption(ageOption('--backup-max-age <duration>', 'how old it may be', ROLLOUT_LIMITS.backupMaxAgeMs))
      .option('--full', 'run the tests, the compiler, the freeze verification and the stress tests here')
      .option('--checkout <folder>', 'where --full runs them', '.')
      .option('--ci-junit <file>', 'results of CI; may be repeated', eachNamed, [])
      .addOption(ageOption('--ci-max-age <duration>', 'how old they may be', ROLLOUT_LIMITS.ciMaxAgeMs))
      .addOption(
        ageOption(
          '--key-max-age <duration>',
          'age of a key without an end that is warned of',
          ROLLOUT_LIMITS.keyMaxAgeMs,
        ),
      )
      .option('--require <variable>', 'a further variable that must be set; may be repeated', eachNamed, [])
      .option(
        '--pooler',
        'DATABASE_URL and GATEWAY_DATABASE_URL lead to a transaction pooler, whatever their ports',
      )
      .addOption(taskQueueOption()),
  )
    .addHelpText('after', HELP)
    .action(async (options: PreflightCommandOptions) => {
      const checks = chosenChecks(PREFLIGHT_CHECKS, options);
      await interruptible(async (signal) => {
        const servers = new Servers(resolveEnvironment(cli), options.taskQueue);
        const asked = {
          backup: options.backup,
          backupCommand: options.backupCommand,
          backupMaxAgeMs: options.backupMaxAge,
          full: options.full === true,
          checkout: options.checkout,
          ciJunit: options.ciJunit,
          ciMaxAgeMs: options.ciMaxAge,
          keyMaxAgeMs: options.keyMaxAge,
          require: options.require,
          pooler: options.pooler === true,
        };
        const context = { servers, options: asked, now: new Date(), signal };
        await runRollout(cli, { command: 'intent preflight', servers, checks, context, signal }, options);
      });
    });
}
