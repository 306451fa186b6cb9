import { Command, Option } from 'commander';

import { Cli, type CliStreams } from './cli';
import { addArchiveCommand } from './commands/archive';
import { addApproveCommand } from './commands/approve';
import { addCompletionCommand } from './commands/completion';
import { addConfigCommands } from './commands/config';
import { addCreateCommand } from './commands/create';
import { addDescribeCommand } from './commands/describe';
import { addGraphCommands } from './commands/graph';
import { addHistoryCommand } from './commands/history';
import { addImportCommand } from './commands/import';
import { addKeysCommands } from './commands/keys';
import { addListCommand } from './commands/list';
import { addMigrateCommand } from './commands/migrate';
import { addOutcomeCommand } from './commands/outcome';
import { addPreflightCommand } from './commands/preflight';
import { addPurgeCommand } from './commands/purge';
import { addRebuildCommand } from './commands/rebuild';
import { addReconcileCommand } from './commands/reconcile';
import { addRollbackCheckCommand } from './commands/rollback-check';
import { addScheduleCommands } from './commands/schedule';
import { addSmokeCommand } from './commands/smoke';
import { addTransitionCommand } from './commands/transition';
import { addCancelCommand } from './commands/cancel';
import { addForceCommand } from './commands/force';
import { addPauseCommand } from './commands/pause';
import { addResumeCommand } from './commands/resume';
import { addVerifyCommand } from './commands/verify';
import { addWatchCommand } from './commands/watch';
import { COLOUR_CHOICES, type ColourChoice } from './colours';
import { reportError } from './explain-error';
import { escaped } from './painted';
import { version } from '../package/version';

const AFTER_HELP = `
Exit codes:
  0  done
  1  it failed, or problems were found
  2  the command was wrong, and nothing was done

Environment:
  DATABASE_URL         Postgres that mirrors the intents, as the engine's role
  OWNER_DATABASE_URL   the same as the owner's role, for migrate, graph register, keys, rebuild, archive
                       and purge
  TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS_*
  INTENT_PROFILE       the profile that completes them, as --profile: intent config --help
  NO_COLOR, FORCE_COLOR, TERM=dumb: as --color, which comes before them
  With no server named there, it is the profile "default", else the local stack that runs in this folder (npm start).

Examples:
  intent create --organization 0b8fd1a5-6f6c-4a1d-9a67-0d0f4bb7a001 --title "Spring campaign"
  intent transition 5d0c1a52-1f52-4b6c-8a0e-6a8f0c7f4b11 ICP_PENDING --actor ada
  intent graph validate graphs/*.json
  intent import log.csv.gz --graph-file graph.json --organization 0b8fd1a5-6f6c-4a1d-9a67-0d0f4bb7a001
`;

/**
 * Runs the command line `intent`.
 *
 * @param args without the names of the interpreter and the program
 * @returns the exit code
 *
 * @example
 * process.exitCode = await runCli(['graph', 'list'], process);
 */
export async function runCli(args: readonly string[], streams: CliStreams): Promise<number> {
  const cli = new Cli(streams);
  cli.plain = args.includes('--json');
  try {
    await createProgram(cli).parseAsync([...args], { from: 'user' });
    return cli.exitCode;
  } catch (error) {
    return reportError(cli, error);
  }
}

/** The whole command line. Making it does nothing yet. */
export function createProgram(cli: Cli): Command {
  const program = withoutCompletion(cli);
  addCompletionCommand(program, () => withoutCompletion(cli));
  return program;
}

function withoutCompletion(cli: Cli): Command {
  const program = new Command('intent')
    .description('Durable, audited state machines: Temporal decides, Postgres witnesses.')
    .version(version())
    .configureOutput({
      writeOut: (text) => cli.streams.stdout.write(text),
      writeErr: (text) => cli.streams.stderr.write(text),
      getOutHasColors: () => cli.hasColours('stdout'),
      getErrHasColors: () => cli.hasColours('stderr'),
      outputError: (text) => {
        const [message = '', ...more] = text.trimEnd().split('\n');
        cli.error(message.replace(/^error: /, ''));
        for (const line of more) cli.note(line);
      },
    })
    .configureHelp({ showGlobalOptions: true, styleTitle: (title) => escaped('bold', title) })
    .addOption(new Option('--profile <name>', 'servers to work with: a profile of intent.toml'))
    .on('option:profile', (name: string) => (cli.profile = name))
    .addOption(
      new Option('--color <when>', 'auto: on terminals, and never with NO_COLOR or --json').choices(
        COLOUR_CHOICES,
      ),
    )
    .on('option:color', (choice: ColourChoice) => (cli.colour = choice))
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('(--help shows what there is)')
    .addHelpText('after', AFTER_HELP);
  addCreateCommand(program, cli);
  addTransitionCommand(program, cli);
  addCancelCommand(program, cli);
  addPauseCommand(program, cli);
  addResumeCommand(program, cli);
  addForceCommand(program, cli);
  addApproveCommand(program, cli);
  addDescribeCommand(program, cli);
  addListCommand(program, cli);
  addHistoryCommand(program, cli);
  addOutcomeCommand(program, cli);
  addWatchCommand(program, cli);
  addGraphCommands(program, cli);
  addImportCommand(program, cli);
  addVerifyCommand(program, cli);
  addReconcileCommand(program, cli);
  addRebuildCommand(program, cli);
  addArchiveCommand(program, cli);
  addPurgeCommand(program, cli);
  addScheduleCommands(program, cli);
  addKeysCommands(program, cli);
  addMigrateCommand(program, cli);
  addPreflightCommand(program, cli);
  addSmokeCommand(program, cli);
  addRollbackCheckCommand(program, cli);
  addConfigCommands(program, cli);
  return program;
}
