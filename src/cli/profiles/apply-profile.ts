import type { Profile } from './profile';

/** Variables that say which server, or as whom. */
const OF_SERVERS =
  /^((OWNER_)?DATABASE_URL|TEMPORAL_(ADDRESS|NAMESPACE|PROFILE|API_KEY|TLS.*|GRPC_META_.*))$/;

/** An environment as a profile completes it. */
export interface Completed {
  env: NodeJS.ProcessEnv;
  /** Variables of the environment that came before what the profile says. */
  before: string[];
}

/**
 * The environment comes first, and what belongs together comes from one of the two: with the `DATABASE_URL` of the
 * environment no owner's URL of another database, with its Temporal no address, namespace or key of another.
 */
export function applyProfile(env: NodeJS.ProcessEnv, profile: Profile): Completed {
  const before = Object.keys(env).filter((name) => env[name] && OF_SERVERS.test(name));
  const said = {
    ...(!env['DATABASE_URL'] && postgresOf(profile)),
    ...(!env['TEMPORAL_ADDRESS'] && !env['TEMPORAL_PROFILE'] && temporalOf(profile)),
  };
  return { env: { ...env, ...said, ...pick(env, before) }, before };
}

function postgresOf({ database_url: url, owner_database_url: ownerUrl }: Profile): NodeJS.ProcessEnv {
  return { ...(url && { DATABASE_URL: url }), ...(ownerUrl && { OWNER_DATABASE_URL: ownerUrl }) };
}

function temporalOf(profile: Profile): NodeJS.ProcessEnv {
  const { temporal_profile: name, temporal_address: address, temporal_namespace: namespace } = profile;
  return {
    ...(name && { TEMPORAL_PROFILE: name }),
    // An empty name makes Temporal's library read no file: the key of its default profile is not for this address.
    ...(address && { TEMPORAL_ADDRESS: address, TEMPORAL_CONFIG_FILE: '' }),
    ...(namespace && { TEMPORAL_NAMESPACE: namespace }),
  };
}

function pick(env: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(names.map((name) => [name, env[name]]));
}
