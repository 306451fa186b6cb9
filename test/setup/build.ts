import { join } from 'node:path';

import { CHECKOUT } from '../../src/dev/checkout';

/** The programs of one build, as operators run them. */
export interface Build {
  worker: string;
  gateway: string;
  workflowBundle: string;
  /** Their folder. */
  migrations: string;
}

/** What is built in a folder. */
export function buildIn(folder: string): Build {
  const dist = join(folder, 'dist');
  return {
    worker: join(dist, 'worker', 'main.js'),
    gateway: join(dist, 'gateway', 'main.js'),
    workflowBundle: join(dist, 'workflow-bundle.js'),
    migrations: join(folder, 'migrations'),
  };
}

/** That of the checkout. */
export const THIS_BUILD = buildIn(CHECKOUT);
