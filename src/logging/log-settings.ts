/** From the most verbose one on; `silent` writes nothing. */
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

const FORMATS = ['json', 'pretty'] as const;

export interface LogSettings {
  level: LogLevel;
  /** `json`: one line of JSON each; `pretty`: for people. */
  format: (typeof FORMATS)[number];
}

/**
 * Reads `INTENT_LOG_LEVEL` and `INTENT_LOG_FORMAT`.
 *
 * @param terminal whether what is logged is read on one
 * @throws Error that names the variable and the fix
 */
export function logSettingsFromEnvironment(env: NodeJS.ProcessEnv, terminal: boolean): LogSettings {
  return {
    level: oneOf(env, 'INTENT_LOG_LEVEL', LOG_LEVELS) ?? 'info',
    format: oneOf(env, 'INTENT_LOG_FORMAT', FORMATS) ?? (terminal ? 'pretty' : 'json'),
  };
}

function oneOf<T extends string>(env: NodeJS.ProcessEnv, name: string, values: readonly T[]): T | undefined {
  const given = env[name];
  if (!given) return undefined;
  const found = values.find((value) => value === given.toLowerCase());
  if (found === undefined) throw new Error(`${name}: must be one of ${values.join(', ')}, not "${given}"`);
  return found;
}
