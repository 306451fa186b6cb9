export const COLOUR_CHOICES = ['auto', 'always', 'never'] as const;

/** Of `--color`. */
export type ColourChoice = (typeof COLOUR_CHOICES)[number];

/** Whether what is written to a stream has colours: as the option says, else the environment, else on terminals. */
export function hasColours(
  { isTTY = false }: { isTTY?: boolean | undefined },
  { NO_COLOR: no, FORCE_COLOR: force, TERM: terminal }: NodeJS.ProcessEnv,
  choice: ColourChoice,
): boolean {
  if (choice !== 'auto') return choice === 'always';
  if (no) return false;
  if (force) return force !== '0' && force !== 'false';
  return isTTY && terminal !== 'dumb';
}
