import type { MigrationFile } from '../../src/database/migration-files';
import { incompatible, notFrozen, type Change } from './change';

/** Migrations are only added, after the last one. Pure. */
export function compareMigrations(
  frozen: readonly MigrationFile[],
  present: readonly MigrationFile[],
): Change[] {
  const changes: Change[] = [];
  const places = new Map(present.map(({ name }, index) => [name, index]));
  const last = frozen.at(-1);
  for (const { name, checksum } of frozen) {
    const subject = `migration ${name}`;
    const today = present[places.get(name) ?? -1];
    if (today === undefined) changes.push(incompatible(subject, 'was removed or renamed', RESTORE));
    else if (today.checksum !== checksum) changes.push(incompatible(subject, 'was edited', RESTORE));
  }
  for (const { name } of present.filter(({ name }) => !frozen.some((one) => one.name === name))) {
    const subject = `migration ${name}`;
    if (last !== undefined && name < last.name) {
      changes.push(
        incompatible(subject, `comes before ${last.name}, which databases may have applied`, RENUMBER),
      );
    } else changes.push(notFrozen(subject, 'is new'));
  }
  return changes;
}

const RESTORE =
  'Restore the file as it was, and put the change into a new migration: databases that have applied it refuse another text.';
const RENUMBER = 'Give it the next number.';
