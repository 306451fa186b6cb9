import { cp, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { CHECKOUT } from '../../src/dev/checkout';
import { makeTemporaryFolder } from '../../src/dev/machine/temporary-folder';
import type { Edit } from '../freeze/edit';
import { bundleEdited } from '../freeze/histories/bundle-edited';
import { buildIn, type Build } from './build';

export interface EditedBuild extends Build {
  remove: () => void;
}

/**
 * A build of its own beside that of the checkout: the same but for workflow code with edits, and migrations that come on top.
 *
 * @param migrations SQL by name, such as `999999_next`
 */
export async function editedBuild(
  edits: readonly Edit[],
  migrations: Readonly<Record<string, string>> = {},
): Promise<EditedBuild> {
  const { workflowBundle } = await bundleEdited(edits);
  if (!('code' in workflowBundle)) throw new Error('The edited code was not bundled.');
  const folder = await makeTemporaryFolder();
  for (const name of ['dist', 'migrations']) {
    await cp(join(CHECKOUT, name), join(folder.path, name), { recursive: true });
  }
  for (const name of ['node_modules', 'package.json']) {
    await symlink(join(CHECKOUT, name), join(folder.path, name));
  }
  const build = buildIn(folder.path);
  await writeFile(build.workflowBundle, workflowBundle.code);
  for (const [name, sql] of Object.entries(migrations)) {
    await writeFile(join(build.migrations, `${name}.sql`), sql);
  }
  return { ...build, remove: folder.remove };
}
