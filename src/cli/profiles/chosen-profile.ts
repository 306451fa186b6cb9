import { UsageError, type Cli } from '../cli';
import { suggest } from '../suggest';
import { DEFAULT_PROFILE, type Profile } from './profile';
import type { ProfileFile } from './profile-file';

/** The name of a profile, and where it was given. */
export interface NamedProfile {
  name: string;
  by: '--profile' | 'INTENT_PROFILE';
}

/** The profile that the command line names, else the environment. An empty option names one that there is not. */
export function namedProfile({ profile, env }: Cli): NamedProfile | undefined {
  if (profile !== undefined) return { name: profile, by: '--profile' };
  const name = env['INTENT_PROFILE'];
  return name ? { name, by: 'INTENT_PROFILE' } : undefined;
}

/** The profile that `intent config` speaks of. */
export function chosenProfile(cli: Cli): NamedProfile {
  return namedProfile(cli) ?? { name: DEFAULT_PROFILE, by: '--profile' };
}

/** @throws UsageError that names what there is instead */
export function profileOf({ path, exists, profiles }: ProfileFile, { name, by }: NamedProfile): Profile {
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (profile !== undefined) return profile;
  const none = `${by}: there is no profile ${name || '""'}`;
  const names = Object.keys(profiles);
  if (!exists || names.length === 0) {
    const why =
      path === undefined
        ? 'there is no file of profiles'
        : `${path} ${exists ? 'has none' : 'does not exist'}`;
    throw new UsageError(
      `${none}: ${why}. To make one: intent config set --profile NAME --prop database_url --value URL`,
    );
  }
  throw new UsageError(`${none} in ${path}${suggest(name, names)}. It has: ${names.join(', ')}`);
}
