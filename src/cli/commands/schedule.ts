import type { Command } from 'commander';

import type { Cli } from '../cli';
import { addScheduleDeleteCommand } from './schedule-delete';
import { addScheduleListCommand } from './schedule-list';
import { addScheduleRunCommand } from './schedule-run';
import { addScheduleVerifyCommand } from './schedule-verify';

const HELP = `
What is scheduled is run by Temporal and by the workers, not by this command: its result is in the table
intent_verifications, in the metrics of the workers, and in "intent schedule list".

Examples:
  intent schedule verify --every 15m
  intent schedule list
  intent schedule run verify
  intent schedule delete verify`;

export function addScheduleCommands(program: Command, cli: Cli): void {
  const schedule = program
    .command('schedule')
    .description('Has Temporal run "verify --fast" again and again.')
    .addHelpText('after', HELP);
  addScheduleVerifyCommand(schedule, cli);
  addScheduleListCommand(schedule, cli);
  addScheduleRunCommand(schedule, cli);
  addScheduleDeleteCommand(schedule, cli);
}
