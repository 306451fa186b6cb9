import { Argument, type Command } from 'commander';

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;

/**
 * @param everything makes the whole program anew: the library adds commands of its own to what it is given
 */
export function addCompletionCommand(program: Command, everything: () => Command): void {
  program
    .command('completion')
    .description('Prints what a shell needs to complete the words of this command line.')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText(
      'after',
      `
In bash it needs the package bash-completion.

Exit codes: 0 printed; 2 wrong usage, such as a shell that it does not know

Examples:
  source <(intent completion bash)                                  for this session; zsh too
  intent completion bash > /etc/bash_completion.d/intent            for everybody
  intent completion fish > ~/.config/fish/completions/intent.fish`,
    )
    .action(async (shell: string) => (await completionOf(everything())).setup('intent', 'intent', shell));

  // What those scripts call at each press of the tab key, with the words so far.
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .action(async (words: string[]) => (await completionOf(everything())).parse(words));
}

/** Loaded when it is needed: it is an ES module, and no other command pays for it. */
async function completionOf(program: Command) {
  const { default: tab } = await import('@bomb.sh/tab/commander');
  return tab(program, { completionCommandName: 'completion' });
}
