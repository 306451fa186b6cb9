/**
 * Migrations that would be refused, by their names, and why they stand. No release was before them, whose code might have been in
 * use. None is added after the first release.
 */
export const ACCEPTED: Readonly<Record<string, string>> = {
  '000001_tables': 'makes the roles, by a loop, in a database that has nothing yet',
  '000007_kinds-of-moves': 'came before the first release; its tables are empty wherever it runs',
  '000009_newest-first': 'came before the first release; its table is empty wherever it runs',
};
