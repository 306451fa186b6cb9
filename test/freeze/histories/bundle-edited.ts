import { cp, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

import { payloadConverterPath } from '../../../src/bundle/bundle';
import { CHECKOUT } from '../../../src/dev/checkout';
import { makeTemporaryFolder } from '../../../src/dev/machine/temporary-folder';
import type { WorkflowCode } from '../../histories/workflow-code';
import { editedTexts, type Edit } from '../edit';

/** The workflow code as somebody edits it, bundled from a copy of the sources. Takes some 2 s. */
export async function bundleEdited(edits: readonly Edit[]): Promise<WorkflowCode> {
  const folder = await makeTemporaryFolder();
  try {
    for (const name of ['graph', 'intent', 'workflows']) {
      await cp(join(CHECKOUT, 'src', name), join(folder.path, 'src', name), { recursive: true });
    }
    await symlink(join(CHECKOUT, 'node_modules'), join(folder.path, 'node_modules'));
    for (const [file, text] of Object.entries(editedTexts(edits))) {
      await writeFile(join(folder.path, file), text);
    }
    const workflows = join(folder.path, 'src', 'workflows');
    const workflowBundle = await bundleWorkflowCode({
      workflowsPath: join(workflows, 'index.ts'),
      payloadConverterPath: join(workflows, 'payload-converter.ts'),
      logger: new DefaultLogger('WARN'),
    });
    return { workflowBundle, dataConverter: { payloadConverterPath } };
  } finally {
    folder.remove();
  }
}
