/** Bounds of a number that the environment may set, and what it is otherwise. */
export interface NumberBounds {
  usual: number;
  least: number;
  most: number;
}

/**
 * Reads a whole number from the environment.
 *
 * @throws Error that names the variable and the fix
 */
export function numberFromEnvironment(
  env: NodeJS.ProcessEnv,
  name: string,
  { usual, least, most }: NumberBounds,
): number {
  const text = env[name];
  if (text === undefined || text === '') return usual;
  const number = Number(text);
  if (/^[1-9][0-9]*$/.test(text) && number >= least && number <= most) return number;
  throw new Error(`${name}: must be a whole number from ${least} to ${most}, not "${text}"`);
}
