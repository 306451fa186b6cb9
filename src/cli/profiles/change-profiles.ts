import { UsageError, type Cli } from '../cli';
import { checkProfiles, type Profile } from './profile';
import { readProfiles, writeProfiles, type ProfileFile } from './profile-file';

/** For the helps of commands that write the file. */
export const WRITING = `The file is written anew, in one step and for its owner alone. Comments in it would be lost: where there are some, it is
left as it is, unless --drop-comments is given.`;

/**
 * Reads the file, and writes it with what `change` makes of its profiles.
 *
 * @returns its path
 * @throws UsageError when that would not be right, or comments would be lost
 */
export function changeProfiles(
  cli: Cli,
  { dropComments }: { dropComments?: true },
  change: (file: ProfileFile) => Record<string, Profile>,
): string {
  const file = readProfiles(cli);
  const { path } = file;
  if (path === undefined) {
    throw new UsageError('There is no file for profiles: set INTENT_CONFIG_FILE, XDG_CONFIG_HOME or HOME');
  }
  const profiles = change(file);
  const checked = checkProfiles({ profile: profiles });
  if (!checked.ok) throw new UsageError(checked.problems.join('; '));
  if (file.hasComments && !dropComments) {
    throw new UsageError(
      `${path} has comments, which would be lost: change it by hand, or say --drop-comments`,
    );
  }
  writeProfiles(path, profiles);
  return path;
}
