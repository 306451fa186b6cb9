import { InvalidArgumentError, Option, type Command } from 'commander';

import { importEventLog } from '../../import/import-event-log';
import { IMPORT_LIMITS } from '../../import/limits';
import { graphOfFile, registeredGraph } from '../../import/import-graph';
import { DEFAULT_COLUMNS } from '../../import/read-events';
import { EXIT, UsageError, type Cli } from '../cli';
import { importReport } from '../import-report';
import { progressBar } from '../progress-bar';
import { checkIntentSelection, positiveInteger, taskQueueOption } from '../options';
import { withIntents, type Engine } from '../open-intents';

interface ImportCommandOptions {
  graph?: string;
  graphFile?: string;
  organization: string;
  caseColumn: string;
  stateColumn: string;
  timeColumn: string;
  actorColumn: string | false;
  roleColumn?: string;
  delimiter: string;
  utcOffset?: string;
  concurrency: number;
  errors?: string;
  taskQueue: string;
  json?: boolean;
}

const HELP = `
Each case becomes an intent, its title the case's id; each row becomes a transition at the row's own time. The order of
the file is the order of the transitions; rows of a case may be scattered. An activity is the graph's state of the same
name, else the one it becomes in upper case with _ for everything but letters and digits. Where the graph moves by
votes, a row is a vote of its actor, in its role.
It may be repeated, and goes on after a crash: rows that Postgres holds are left alone. A row is known again by its
case, time and state, so a longer export of the same cases adds only what is new.
At the end the audit trail in Postgres is compared with the file, row by row and both ways.

Exit codes:
  0  every row is in the audit trail, and nothing else
  1  some row was not imported, or the audit trail differs
  2  wrong usage, such as a column that the file does not have

Examples:
  intent import declarations.csv.gz --graph-file graph.json --organization 0b8fd1a5-6f6c-4a1d-9a67-0d0f4bb7a001
  intent import tickets.csv --graph ticket@2 --organization 0b8fd1a5-6f6c-4a1d-9a67-0d0f4bb7a001 \\
    --case-column ticket --state-column status --time-column changed_at --no-actor-column --utc-offset +01:00 \\
    --errors not-imported.csv`;

export function addImportCommand(program: Command, cli: Cli): void {
  program
    .command('import')
    .description('Imports an event log, CSV or gzipped CSV with a header line, through real workflows.')
    .argument('<file>', 'the event log')
    .requiredOption('--organization <uuid>', 'the organization that the intents belong to')
    .addOption(new Option('--graph <name[@version]>', 'a registered graph').conflicts('graphFile'))
    .option(
      '--graph-file <file>',
      'a graph file; registered first if it is not and OWNER_DATABASE_URL is set',
    )
    .option('--case-column <name>', 'what the rows of one intent share', DEFAULT_COLUMNS.case)
    .option('--state-column <name>', 'the state moved to', DEFAULT_COLUMNS.state)
    .option('--time-column <name>', 'when; ISO 8601 with an offset', DEFAULT_COLUMNS.time)
    .option('--actor-column <name>', 'who did it', DEFAULT_COLUMNS.actor)
    .option('--no-actor-column', 'there is no such column')
    .option(
      '--role-column <name>',
      'in which role, for graphs that ask for votes (default: as --actor-column)',
    )
    .option('--delimiter <character>', 'between columns', ',')
    .option('--utc-offset <offset>', 'of times that have none, such as +01:00')
    .option('--concurrency <cases>', 'cases in flight at most', concurrencyOf, IMPORT_LIMITS.concurrency)
    .option(
      '--errors <file>',
      'write the rows that were not imported there; CSV, or JSON lines if named *.ndjson',
    )
    .addOption(taskQueueOption())
    .option('--json', 'print a summary as JSON; progress goes to standard error')
    .addHelpText('after', HELP)
    .action(async (file: string, options: ImportCommandOptions) => {
      checkOptions(options);
      const { organization, delimiter, utcOffset, concurrency, errors, taskQueue, json } = options;
      const progress = progressBar(cli.streams.stderr, 'rows');
      const summary = await withIntents(cli, { taskQueue }, async (engine) => {
        const graph = await findGraph(cli, engine, options);
        try {
          return await importEventLog({
            file,
            columns: {
              case: options.caseColumn,
              state: options.stateColumn,
              time: options.timeColumn,
              ...(options.actorColumn !== false && { actor: options.actorColumn }),
              role: options.roleColumn,
            },
            delimiter,
            utcOffset,
            graph,
            organizationId: organization,
            taskQueue,
            temporal: engine.temporal,
            pool: engine.pool,
            concurrency,
            errorsFile: errors,
            onProgress: progress.show,
            onCheck: () => progress.next('Comparing the audit trail with the file'),
          });
        } finally {
          progress.end();
        }
      });
      if (json) cli.printJson(summary);
      else cli.printLines(importReport(summary, errors));
      if (!summary.complete) cli.exitCode = EXIT.failed;
    });
}

function concurrencyOf(text: string): number {
  const value = positiveInteger(text);
  if (value <= IMPORT_LIMITS.mostConcurrency) return value;
  throw new InvalidArgumentError(`At most ${IMPORT_LIMITS.mostConcurrency}.`);
}

function checkOptions({ organization, graph, graphFile, utcOffset }: ImportCommandOptions): void {
  checkIntentSelection([], organization);
  if (graph === undefined && graphFile === undefined) {
    throw new UsageError('--graph or --graph-file: one of them must say which states there are');
  }
  if (utcOffset !== undefined && !/^(Z|[+-]\d{2}:\d{2})$/.test(utcOffset)) {
    throw new UsageError(`--utc-offset: must be written like +01:00, not "${utcOffset}"`);
  }
}

async function findGraph(cli: Cli, { pool, env }: Engine, { graph, graphFile }: ImportCommandOptions) {
  if (graphFile === undefined) return registeredGraph(pool, graph ?? '');
  const found = await graphOfFile(pool, graphFile, env['OWNER_DATABASE_URL'] || undefined);
  if (found.registered) cli.note(`Registered ${found.graph.name}@${found.graph.version} of ${graphFile}.`);
  return found.graph;
}
