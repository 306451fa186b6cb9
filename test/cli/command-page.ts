import type { Command } from 'commander';

/** What the help of a command says beyond its options. */
interface Help {
  exitCodes: Array<{ code: string; meaning: string }>;
  examples: string[];
}

/** Every command that is shown, with the words that call it. */
export function commandsOf(program: Command): Array<{ words: string; command: Command }> {
  const below = (command: Command, words: string): Array<{ words: string; command: Command }> =>
    command
      .createHelp()
      .visibleCommands(command)
      .filter((each) => each.name() !== 'help')
      .flatMap((each) => {
        const name = `${words} ${each.name()}`;
        return [{ words: name, command: each }, ...below(each, name)];
      });
  return below(program, program.name());
}

/** Reads exit codes and examples out of a help as it is printed: codes in one line, or one a line. */
export function parseHelp(text: string): Help {
  const [, inLine = '', lines = ''] = /^Exit codes:(.*)\n((?: {2}\d.*\n)*)/m.exec(text) ?? [];
  const [, examples = ''] = /^Examples?:\n((?: {2}.*(?:\n|$))*)/m.exec(text) ?? [];
  return {
    exitCodes: (inLine === '' ? lines.split('\n') : inLine.split('; ')).flatMap((each) => {
      const [, code = '', meaning = ''] = /^ *(\d) +(.*)$/.exec(each) ?? [];
      return code === '' ? [] : [{ code, meaning }];
    }),
    examples: examples
      .replaceAll(/ \\\n +/g, ' ')
      .split('\n')
      .filter((each) => each !== '')
      // What stands behind is an explanation.
      .map((each) => each.trim().split(/ {3,}/, 1)[0] ?? ''),
  };
}

/** The reference page of the command line. */
export function commandPage(program: Command, helpOf: (command: Command) => string): string {
  const sections = commandsOf(program).map(({ words, command }) =>
    sectionOf(words, command, helpOf(command)),
  );
  return [
    '# Command line',
    '`intent COMMAND --help` says more than stands here. In a checkout it is `npx intent`.',
    ['For every command:', '', ...optionsOf(program)].join('\n'),
    ['In general, and where a command does not say otherwise below:', '', ...codes(helpOf(program))].join(
      '\n',
    ),
    'Which servers it works with: [environment](environment.md), and [profiles](environment.md#profiles).',
    ...sections,
  ]
    .join('\n\n')
    .concat('\n');
}

function sectionOf(words: string, command: Command, help: string): string {
  const { examples } = parseHelp(help);
  const helper = command.createHelp();
  const args = helper
    .visibleArguments(command)
    .map((each) => `- \`${helper.argumentTerm(each)}\`: ${escaped(helper.argumentDescription(each))}`);
  const exitCodes = codes(help);
  return [
    `## ${words}`,
    escaped(command.description()),
    `\`${helper.commandUsage(command)}\``,
    [...args, ...optionsOf(command)].join('\n'),
    exitCodes.length > 0 ? ['Exit codes:', '', ...exitCodes].join('\n') : '',
    `\`\`\`sh\n${examples[0]}\n\`\`\``,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function optionsOf(command: Command): string[] {
  const helper = command.createHelp();
  return helper
    .visibleOptions(command)
    .filter(({ long }) => long !== '--help')
    .map((option) => `- \`${helper.optionTerm(option)}\`: ${escaped(helper.optionDescription(option))}`);
}

function codes(help: string): string[] {
  return parseHelp(help).exitCodes.map(({ code, meaning }) => `- ${code}: ${escaped(meaning)}`);
}

/** What Markdown would take for something else. */
function escaped(text: string): string {
  return text.replaceAll(/[*<]/g, String.raw`\$&`);
}
