import { scenarioNames } from '../histories/scenario';
import { freezeCommand, runToExit, type CommonOptions } from './command';
import { freezePresent, type Frozen } from './freeze-present';
import { CHECKOUT_PLACES } from './places';
import { ACCEPT_HINT, EXIT, formatChanges } from './report';

/** `npm run freeze` */
async function main(): Promise<number> {
  const program = freezeCommand(
    'freeze',
    'Records a history of each scenario that has none, and notes what graphs, migrations, limits and messages have\n' +
      'gained. Refuses an incompatible change, and then writes nothing.',
  )
    .argument('[scenarios...]', 'record these anew, as their next version; earlier ones stay')
    .option('--accept', 'take incompatible changes as they are, and say which', false)
    .parse();
  const { accept, json, ...places } = program.opts<CommonOptions & { accept: boolean }>();
  const scenarios = program.args;
  const unknown = scenarios.filter((name) => !scenarioNames().includes(name));
  if (unknown.length > 0) {
    console.error(`There is no scenario ${unknown.join(', ')}. There are: ${scenarioNames().join(', ')}`);
    return EXIT.notChecked;
  }
  const log = (line: string) => console.error(line);
  const result = await freezePresent({ places: { ...CHECKOUT_PLACES, ...places }, scenarios, accept, log });
  if (json) console.log(JSON.stringify(result, null, 2));
  else print(result);
  if (!result.frozen) console.error(`\nNothing was frozen. ${ACCEPT_HINT}`);
  else if (result.refused.length > 0) console.error(`\n${DELETE_HINT}`);
  return result.refused.length > 0 ? EXIT.incompatible : EXIT.holds;
}

const DELETE_HINT =
  'All else was frozen. A history that does not replay is not accepted: delete it, if no such workflow can run any more.';

function print({ changes, refused }: Frozen): void {
  for (const { verdict, subject, what } of changes) {
    console.log(`${verdict === 'incompatible' ? 'Accepted' : 'Noted'}: ${subject} ${what}`);
  }
  if (refused.length > 0) console.log(formatChanges(refused));
  else if (changes.length === 0) console.log('There was nothing to note.');
}

runToExit(main);
