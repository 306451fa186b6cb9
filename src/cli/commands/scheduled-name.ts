import { Argument } from 'commander';

/** What can be scheduled. */
export function scheduledName(): Argument {
  return new Argument('<name>', 'what is scheduled').choices(['verify']);
}
