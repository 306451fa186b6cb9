import type { Command } from 'commander';

import type { Cli } from '../cli';
import { addRequestCommand } from '../request-command';

export function addPauseCommand(program: Command, cli: Cli): void {
  addRequestCommand(program, cli, 'pause', {
    description: 'Stops the clocks of the deadlines of an intent, and waits for the outcome.',
    example:
      'intent pause 5d0c1a52-1f52-4b6c-8a0e-6a8f0c7f4b11 --actor ada --reason "waits for the customer"',
  });
}
