import { versionFromEnvironment } from '../worker/worker-version';

let known: Promise<string> | undefined;

/** Names the workflow code of this installation: package version and digest, as a worker derives it. */
export function buildOfThisCode(): Promise<string> {
  known ??= versionFromEnvironment(undefined, {}).then(({ buildId }) => buildId);
  return known;
}
