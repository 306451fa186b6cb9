import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import type { WorkerOptions } from '@temporalio/worker';

import { loadWorkflowBundle } from '../bundle/bundle';
import { version } from '../package/version';
import { readVersionSettings } from './version-settings';

/** Which build of the workflow code a worker runs, and whether Temporal sends it work by that. */
export interface WorkerVersion {
  readonly deploymentName: string;
  readonly buildId: string;
  /** Without it the build id is only noted in the histories. */
  readonly versioning: boolean;
  /** Ids of `patched()` that no intent takes yet, unless its history says that it has. */
  readonly heldPatches: readonly string[];
}

/**
 * The version of a worker by `INTENT_WORKER_VERSIONING`, `INTENT_DEPLOYMENT_NAME`, `INTENT_BUILD_ID` and
 * `INTENT_HELD_PATCHES`.
 *
 * @throws Error that names the variable and the fix
 * @example
 * const worker = await createIntentWorker({ connection, pool, version: await versionFromEnvironment() });
 */
export async function versionFromEnvironment(
  workflowBundle?: WorkerOptions['workflowBundle'],
  env: NodeJS.ProcessEnv = process.env,
): Promise<WorkerVersion> {
  const { deploymentName, versioning, heldPatches, buildId } = readVersionSettings(env);
  const code = await codeOf(workflowBundle ?? (await loadWorkflowBundle()));
  const unknown = heldPatches.find(
    (id) => !["'", '"', '`'].some((quote) => code.includes(quote + id + quote)),
  );
  if (unknown !== undefined) {
    throw new Error(
      `INTENT_HELD_PATCHES: the workflow code of this build has no patched('${unknown}'); name the patches as it does`,
    );
  }
  return {
    deploymentName,
    versioning,
    heldPatches,
    buildId: buildId ?? derivedBuildId(code, heldPatches),
  };
}

/** What a version is for Temporal's worker. */
export function versionOptions({
  deploymentName,
  buildId,
  versioning,
  heldPatches,
}: WorkerVersion): Pick<WorkerOptions, 'workerDeploymentOptions' | 'patchActivationCallback'> {
  const version = { deploymentName, buildId };
  return {
    workerDeploymentOptions: versioning
      ? // Intents live for years: pinned, each build would have to run until the last of its intents has ended.
        { version, useWorkerVersioning: true, defaultVersioningBehavior: 'AUTO_UPGRADE' }
      : { version, useWorkerVersioning: false },
    // Asked only where no history says it: an intent that has taken the patch goes on with it.
    ...(heldPatches.length > 0 && {
      patchActivationCallback: ({ patchId }) => !heldPatches.includes(patchId),
    }),
  };
}

/** Lines for whoever starts a worker. */
export function describeVersion({
  deploymentName,
  buildId,
  versioning,
  heldPatches,
}: WorkerVersion): string[] {
  const held = heldPatches.length > 0 ? [`Held patches: ${heldPatches.join(', ')}`] : [];
  if (!versioning) return [`Build ${buildId}, worker versioning off`, ...held];
  return [
    `Build ${buildId} of deployment ${deploymentName}, worker versioning on: gets work when it is current or ramping`,
    `Make it current: temporal worker deployment set-current-version --deployment-name ${deploymentName} --build-id ${buildId}`,
    ...held,
  ];
}

/** The same code in the same package gives the same id on every machine. A held patch makes it behave otherwise. */
function derivedBuildId(code: string, heldPatches: readonly string[]): string {
  const hash = createHash('sha256').update(code);
  for (const id of heldPatches.toSorted()) hash.update('\0').update(id);
  return `${version()}-${hash.digest('hex').slice(0, 12)}`;
}

/** Without the source map, which names the folder of the build. */
async function codeOf(bundle: NonNullable<WorkerOptions['workflowBundle']>): Promise<string> {
  const code = 'code' in bundle ? bundle.code : await readFile(bundle.codePath, 'utf8');
  return code.replace(/^\/\/# sourceMappingURL=.*$/gm, '');
}
