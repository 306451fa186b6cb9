import { setTimeout as delay } from 'node:timers/promises';

import type { Command } from 'commander';
import type { Pool } from 'pg';

import { readHistory } from '../../database/read-history';
import { readIntents } from '../../database/read-intents';
import type { AuditRow } from '../../intent';
import { CommandError, type Cli } from '../cli';
import { databaseUrl, resolveEnvironment } from '../environment';
import { interruptible } from '../interruptible';
import { CLI_LIMITS } from '../limits';
import { withDatabase } from '../open-database';
import { checkIntentSelection } from '../options';
import { dim, type Line } from '../painted';

export function addWatchCommand(program: Command, cli: Cli): void {
  program
    .command('watch')
    .description("Prints an intent's audit rows, and each new one as it comes, until the intent ends.")
    .argument('<id>', "the intent's id")
    .option('--until <state>', 'stop when it comes to this state')
    .option('--json', 'print one JSON object a line')
    .addHelpText(
      'after',
      `
Ctrl-C stops it. Asks Postgres only.
Exit codes: 0 it ended, or came to the state of --until, or was stopped; 1 it ended without that; 2 wrong usage

Example:
  intent watch 5d0c1a52-1f52-4b6c-8a0e-6a8f0c7f4b11 --until ICP_COMPLETED`,
    )
    .action(async (id: string, { until, json }: { until?: string; json?: boolean }) => {
      checkIntentSelection([id], undefined);
      await withDatabase(databaseUrl(resolveEnvironment(cli)), (pool) =>
        interruptible(async (signal) => {
          for await (const row of rowsOf(pool, id, signal)) {
            if (json) cli.printJsonLine(row);
            else cli.print(line(row));
            if (row.newState === until) return;
          }
          if (until !== undefined && !signal.aborted) {
            throw new CommandError(`Intent ${id} has ended without coming to ${until}.`);
          }
        }),
      );
    });
}

/** Every row there is and every row to come, until the intent has ended or the signal is set. */
async function* rowsOf(pool: Pool, id: string, signal: AbortSignal): AsyncGenerator<AuditRow> {
  let seen = 0;
  while (!signal.aborted) {
    // Before its rows: whatever was written until it was seen to have ended is among those.
    const [intent] = await readIntents(pool, [id]);
    if (intent === undefined) throw new CommandError(`There is no intent ${id}.`);
    for (const row of await readHistory(pool, id, { after: seen })) {
      seen = row.sequence;
      yield row;
    }
    if (intent.endedAt !== null) return;
    // The rejection is the signal's, and the loop ends by it.
    await delay(CLI_LIMITS.watchPauseMs, undefined, { signal }).catch(() => undefined);
  }
}

function line({ sequence, transitionedAt, kind, previousState, newState, actor, reason }: AuditRow): Line {
  const by = actor === null ? '' : ` by ${actor}`;
  const why = reason === null ? '' : `: ${reason}`;
  const at = dim(transitionedAt.toISOString());
  return [at, `  ${sequence}  ${previousState ?? '–'} → ${newState}  ${kind}${by}${why}`];
}
