import type { Command } from 'commander';

import type { Cli } from '../cli';
import { addRequestCommand } from '../request-command';

export function addResumeCommand(program: Command, cli: Cli): void {
  addRequestCommand(program, cli, 'resume', {
    description: 'Lets the clocks of the deadlines of an intent go on, and waits for the outcome.',
    example: 'intent resume 5d0c1a52-1f52-4b6c-8a0e-6a8f0c7f4b11 --actor ada',
  });
}
