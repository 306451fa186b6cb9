#!/usr/bin/env node
import { runCli } from './run-cli';

// A reader that has seen enough, `head` say, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

void runCli(process.argv.slice(2), process).then((exitCode) => {
  process.exitCode = exitCode;
});
