import { listFromEnvironment } from '../database/list-from-environment';
import { WORKER_LIMITS } from './limits';

const DEFAULT_DEPLOYMENT = 'intent-engine';

export interface VersionSettings {
  versioning: boolean;
  deploymentName: string;
  /** Absent: it is derived from the code. */
  buildId?: string;
  heldPatches: string[];
}

/**
 * What the environment says of the worker's version. Pure.
 *
 * @throws Error that names the variable and the fix
 */
export function readVersionSettings(env: NodeJS.ProcessEnv): VersionSettings {
  const buildId = env['INTENT_BUILD_ID'];
  return {
    versioning: readVersioning(env['INTENT_WORKER_VERSIONING']),
    // Temporal joins the two with a dot or a colon, so it allows neither here.
    deploymentName: readName('INTENT_DEPLOYMENT_NAME', env['INTENT_DEPLOYMENT_NAME'] || DEFAULT_DEPLOYMENT, {
      pattern: /^[\w-]+$/,
      characters: 'letters, digits, "_" and "-"',
    }),
    ...(buildId && {
      buildId: readName('INTENT_BUILD_ID', buildId, {
        pattern: /^[\w.+-]+$/,
        characters: 'letters, digits, ".", "_", "+" and "-"',
      }),
    }),
    heldPatches: listFromEnvironment(env, 'INTENT_HELD_PATCHES'),
  };
}

function readVersioning(text = ''): boolean {
  if (text === '' || text === 'off') return false;
  if (text === 'on') return true;
  throw new Error(`INTENT_WORKER_VERSIONING: must be "on" or "off", not "${text}"`);
}

function readName(
  variable: string,
  text: string,
  { pattern, characters }: { pattern: RegExp; characters: string },
): string {
  const longest = WORKER_LIMITS.versionNameLength;
  if (pattern.test(text) && text.length <= longest) return text;
  throw new Error(`${variable}: must be 1 to ${longest} characters, ${characters} alone, not "${text}"`);
}
