import { freezeCommand, runToExit, type CommonOptions } from './command';
import { CHECKOUT_PLACES } from './places';
import { ACCEPT_HINT, EXIT, exitCodeFor, formatChanges } from './report';
import { verifyFrozen } from './verify-frozen';

/** `npm run freeze:verify` */
async function main(): Promise<number> {
  const program = freezeCommand(
    'freeze:verify',
    'Replays every recorded history, and compares graphs, migrations, limits and messages with what is frozen.',
  ).parse();
  const { json, ...places } = program.opts<CommonOptions>();
  const changes = await verifyFrozen({ ...CHECKOUT_PLACES, ...places });
  const exitCode = exitCodeFor(changes);
  if (json) console.log(JSON.stringify({ holds: exitCode === EXIT.holds, changes }, null, 2));
  else console.log(changes.length === 0 ? 'All that is frozen holds.' : formatChanges(changes));
  if (exitCode === EXIT.incompatible) console.error(`\n${ACCEPT_HINT}`);
  return exitCode;
}

runToExit(main);
