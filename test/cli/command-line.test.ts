import { PassThrough } from 'node:stream';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Command } from 'commander';

import { Cli } from '../../src/cli/cli';
import { createProgram } from '../../src/cli/run-cli';
import { commandPage, commandsOf, parseHelp } from './command-page';

const PAGE = join(__dirname, '..', '..', 'docs', 'reference', 'command-line.md');

let written = '';
const stdout = { write: (text: string) => (written += text) };
const program = createProgram(new Cli({ env: {}, stdout, stderr: new PassThrough() }));
const commands = commandsOf(program);

function helpOf(command: Command): string {
  written = '';
  command.outputHelp();
  return written;
}

if (process.env['RENEW_COMMAND_LINE']) writeFileSync(PAGE, commandPage(program, helpOf));
const page = readFileSync(PAGE, 'utf8');

test('the page names every command, and every command that it names exists', () => {
  const named = [...page.matchAll(/^## (.*)$/gm)].map(([, words]) => words);
  expect(named).toEqual(commands.map(({ words }) => words));
  expect(named.length).toBeGreaterThan(30);
});

test('the page says of each what the program says: arguments, options, exit codes and an example', () => {
  expect(page).toBe(commandPage(program, helpOf));
});

describe.each(commands.map(({ words, command }) => [words, command] as const))(
  '%s --help',
  (words, command) => {
    const { examples } = parseHelp(helpOf(command));

    test('has examples, the first of this command', () => {
      expect(examples[0]).toContain(words);
    });

    test('names in its examples no option that there is not', () => {
      for (const example of examples) {
        const [own = ''] = example.slice(Math.max(0, example.indexOf('intent '))).split(/[|)>]/, 1);
        const called = commands
          .toSorted((a, b) => b.words.length - a.words.length)
          .find((each) => own.startsWith(each.words));
        const known = [...(called?.command.options ?? []), ...program.options].map(({ long }) => long);
        for (const [option] of own.replaceAll(/"[^"]*"/g, '').matchAll(/--[a-z-]+/g))
          expect(known).toContain(option);
      }
    });
  },
);

const alone = commands.filter(({ command }) => command.commands.length === 0);
test.each(alone.map(({ words, command }) => [words, command] as const))(
  '%s --help has the exit codes, 0 and that of wrong usage among them',
  (_, command) => {
    const { exitCodes } = parseHelp(helpOf(command));
    const listed = exitCodes.map(({ code }) => code);
    expect(listed).toEqual(listed.toSorted());
    expect([listed[0], listed.at(-1)]).toEqual(['0', '2']);
    for (const { meaning } of exitCodes) expect(meaning).not.toBe('');
  },
);
