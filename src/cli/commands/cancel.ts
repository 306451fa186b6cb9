import type { Command } from 'commander';

import type { Cli } from '../cli';
import { addRequestCommand } from '../request-command';

export function addCancelCommand(program: Command, cli: Cli): void {
  addRequestCommand(program, cli, 'cancel', {
    description: 'Cancels an intent, whatever state it is in, and waits for the outcome.',
    example: 'intent cancel 5d0c1a52-1f52-4b6c-8a0e-6a8f0c7f4b11 --actor ada --reason "ordered twice"',
  });
}
