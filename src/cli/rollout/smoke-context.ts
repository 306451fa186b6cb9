import { ROLLOUT_LIMITS } from '../../rollout/limits';
import { Servers } from '../../rollout/servers';
import type { SmokeContext } from '../../rollout/smoke/smoke';
import { TestIntent } from '../../rollout/smoke/test-intent';
import { UsageError, type Cli } from '../cli';
import { resolveEnvironment } from '../environment';
import { checkIntentSelection } from '../options';

export interface SmokeOptions {
  organization: string;
  taskQueue: string;
  transitions: number;
  workerLog?: string;
  leftoverAfter?: number;
}

/** What the checks on a running deployment share. Its signal also ends what takes too long. */
export function smokeContext(
  cli: Cli,
  options: SmokeOptions,
  interrupted: AbortSignal,
): SmokeContext & { signal: AbortSignal } {
  checkIntentSelection([], options.organization);
  const organizationId = options.organization.toLowerCase();
  const env = resolveEnvironment(cli);
  const servers = new Servers(env, options.taskQueue);
  return {
    servers,
    organizationId,
    intent: new TestIntent(() => servers.intents(), organizationId),
    workerLog: options.workerLog,
    api: apiOf(env),
    leftoverMs: options.leftoverAfter ?? ROLLOUT_LIMITS.leftoverMs,
    transitions: options.transitions,
    signal: AbortSignal.any([interrupted, AbortSignal.timeout(ROLLOUT_LIMITS.smokeMs)]),
  };
}

function apiOf({ INTENT_API_URL: url, INTENT_API_KEY: key }: NodeJS.ProcessEnv): SmokeContext['api'] {
  // The local stack says where its API is; a key it does not have.
  if (!url || !key) return undefined;
  if (!URL.canParse(url))
    throw new UsageError('INTENT_API_URL: must be a URL, such as https://intents.example.com');
  return { url, key };
}
