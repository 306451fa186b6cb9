import { cp, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { CHECKOUT } from '../../src/dev/checkout';
import { makeTemporaryFolder } from '../../src/dev/machine/temporary-folder';
import type { Edit } from '../freeze/edit';
import { bundleEdited } from '../freeze/histories/bundle-edited';

export interface Build {
  /** The worker's program. */
  worker: string;
  remove: () => void;
}

/** A build of its own beside that of the checkout: the same but for workflow code with edits. */
export async function editedBuild(edits: readonly Edit[]): Promise<Build> {
  const { workflowBundle } = await bundleEdited(edits);
  if (!('code' in workflowBundle)) throw new Error('The edited code was not bundled.');
  const folder = await makeTemporaryFolder();
  await cp(join(CHECKOUT, 'dist'), join(folder.path, 'dist'), { recursive: true });
  for (const name of ['node_modules', 'migrations', 'package.json']) {
    await symlink(join(CHECKOUT, name), join(folder.path, name));
  }
  await writeFile(join(folder.path, 'dist', 'workflow-bundle.js'), workflowBundle.code);
  return { worker: join(folder.path, 'dist', 'worker', 'main.js'), remove: folder.remove };
}
