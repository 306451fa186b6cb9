import { join } from 'node:path';

import type { WorkerOptions } from '@temporalio/worker';

import { CHECKOUT } from '../../src/dev/checkout';

/** Which workflow code records or replays. */
export type WorkflowCode = Required<Pick<WorkerOptions, 'workflowBundle' | 'dataConverter'>>;

/** That of `npm run build`. Outside of jest there is no other: Temporal loads the files by itself. */
export const COMPILED_WORKFLOWS: WorkflowCode = {
  workflowBundle: { codePath: join(CHECKOUT, 'dist', 'workflow-bundle.js') },
  dataConverter: { payloadConverterPath: join(CHECKOUT, 'dist', 'workflows', 'payload-converter.js') },
};
