/**
 * Reads a list from the environment, whose items are separated by commas; each once, without spaces around it.
 *
 * @example
 * listFromEnvironment({ INTENT_HELD_PATCHES: 'a, b,' }, 'INTENT_HELD_PATCHES') // ['a', 'b']
 */
export function listFromEnvironment(env: NodeJS.ProcessEnv, name: string): string[] {
  const items = (env[name] ?? '').split(',').map((item) => item.trim());
  return [...new Set(items)].filter((item) => item !== '');
}
