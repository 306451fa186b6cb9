import type { Command } from 'commander';

import { DEFAULT_GRAPH } from '../../intent';
import type { Cli } from '../cli';
import { metadataOption, taskQueueOption, type MetadataOption } from '../options';
import { withIntents } from '../open-intents';

interface CreateOptions extends MetadataOption {
  organization: string;
  graph?: string;
  title?: string;
  key?: string;
  actor?: string;
  taskQueue: string;
  json?: boolean;
}

export function addCreateCommand(program: Command, cli: Cli): void {
  program
    .command('create')
    .description('Creates an intent and prints its id.')
    .requiredOption('--organization <uuid>', 'the organization that the intent belongs to')
    .option('--graph <name[@version]>', `a registered graph; default: ${DEFAULT_GRAPH}, its newest version`)
    .option('--title <text>', 'a name for people')
    .option('--key <text>', 'your own key: creating twice with one key is creating once')
    .option('--actor <text>', 'who creates it')
    .addOption(metadataOption())
    .addOption(taskQueueOption())
    .option('--json', 'print { id, created } as JSON')
    .addHelpText(
      'after',
      `
Exit codes: 0 created, now or before with the same key; 1 failed; 2 wrong usage

Example:
  intent create --organization 0b8fd1a5-6f6c-4a1d-9a67-0d0f4bb7a001 --title "Spring campaign" --key campaign-17`,
    )
    .action(async ({ organization, graph, title, key, actor, metadata, taskQueue, json }: CreateOptions) => {
      const created = await withIntents(cli, { taskQueue }, ({ intents }) =>
        intents.create({
          organizationId: organization,
          ...(graph !== undefined && { graph }),
          ...(title !== undefined && { title }),
          ...(key !== undefined && { idempotencyKey: key }),
          ...(actor !== undefined && { createdBy: actor }),
          ...(metadata !== undefined && { metadata }),
        }),
      );
      if (json) return cli.printJson(created);
      cli.print(created.id);
      if (!created.created) cli.note('It was created before with this key.');
    });
}
