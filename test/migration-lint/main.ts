import { resolve } from 'node:path';

import { Command } from 'commander';

import { outliveClosedOutput } from '../../src/dev/machine/closed-output';
import { lintMigrations, refused } from './lint-migrations';
import { formatProblem } from './problem';

/** `npm run lint:migrations` */
async function main(): Promise<number> {
  outliveClosedOutput();
  const program = new Command('npm run lint:migrations --')
    .description(
      'Refuses migrations that would break the release before, or hold it up, while both are in use. Reads files alone.',
    )
    .argument('[folder]', 'of the migrations; default: migrations')
    .option('--json', 'print the result as JSON', false)
    .showHelpAfterError('(--help shows the options)')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .addHelpText(
      'after',
      '\nExit codes: 0 none is refused; 1 one is refused; 2 the check failed, or wrong usage',
    )
    .parse();
  const [folder] = program.args;
  const files = await lintMigrations(folder === undefined ? undefined : resolve(folder));
  const bad = refused(files);
  if (program.opts<{ json: boolean }>().json)
    console.log(JSON.stringify({ files, refused: bad.length }, null, 2));
  else if (bad.length === 0) console.log(`${files.length} migrations judged, none refused`);
  for (const { file, problems } of program.opts<{ json: boolean }>().json ? [] : bad) {
    for (const problem of problems) console.log(formatProblem(file, problem));
  }
  return bad.length > 0 ? 1 : 0;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(2);
  },
);
