import { access } from 'node:fs/promises';
import { join } from 'node:path';

import { bundleWorkflowCode as bundle, DefaultLogger, type WorkflowBundle } from '@temporalio/worker';

/** Where `npm run build` puts the bundle: beside the compiled code. */
export const PREBUILT_BUNDLE = join(__dirname, '..', 'workflow-bundle.js');

export const payloadConverterPath = require.resolve('../workflows/payload-converter');

/** Bundles the workflow code: about 2 s. A production worker uses the bundle of the build instead. */
export async function bundleWorkflowCode(): Promise<WorkflowBundle> {
  return bundle({
    workflowsPath: require.resolve('../workflows'),
    workflowInterceptorModules: [require.resolve('../workflows/traces')],
    payloadConverterPath,
    preloadModules: [require.resolve('./shared-modules')],
    logger: new DefaultLogger('WARN'),
  });
}

/** The bundle of the build where there is one, else a fresh one: when the sources run without a build. */
export async function loadWorkflowBundle(): Promise<WorkflowBundle | { codePath: string }> {
  try {
    await access(PREBUILT_BUNDLE);
    return { codePath: PREBUILT_BUNDLE };
  } catch {
    return bundleWorkflowCode();
  }
}
