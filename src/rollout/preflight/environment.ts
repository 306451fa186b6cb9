import { loadClientConnectConfig } from '@temporalio/envconfig';

import { poolSizeFromEnvironment } from '../../database/pool';
import { settingsFromEnvironment } from '../../gateway/settings';
import { readVersionSettings } from '../../worker/version-settings';
import { workflowTasksFromEnvironment } from '../../worker/workflow-tasks';
import { judged } from '../check';
import { messageOf } from '../run-checks';
import { DATABASE_VARIABLES, shownUrl } from '../servers';
import type { PreflightCheck } from './preflight';

/** One of them says that there is a gateway. */
const OF_GATEWAY = [
  'GATEWAY_DATABASE_URL',
  'INTENT_GATEWAY_ADDRESS',
  'INTENT_JWKS_URL',
  'INTENT_JWT_ISSUER',
  'INTENT_JWT_AUDIENCE',
];

/** Read as the programs read it, so that what passes here is what they start with. */
export const environment: PreflightCheck = {
  name: 'environment',
  title: 'Environment variables configured',
  step: 'before 2',
  run({ servers: { env }, options }) {
    const problems: string[] = [];
    const saw: string[] = [];
    const tried = (read: () => unknown) => {
      try {
        read();
      } catch (error) {
        problems.push(messageOf(error));
      }
    };
    for (const variable of [DATABASE_VARIABLES.engine, DATABASE_VARIABLES.owner]) {
      const url = env[variable];
      if (!url) problems.push(`${variable} is not set`);
      else if (isPostgresUrl(url)) saw.push(`${variable} is ${shownUrl(url)}`);
      else problems.push(`${variable}: must be postgres://USER:PASSWORD@HOST:PORT/DATABASE`);
    }
    tried(() => {
      const { connectionOptions, namespace = 'default' } = loadClientConnectConfig({
        overrideEnvVars: env as Record<string, string>,
      });
      if (connectionOptions.address === undefined)
        problems.push('TEMPORAL_ADDRESS is not set, and no profile of Temporal says it');
      else saw.push(`Temporal is ${connectionOptions.address}, namespace ${namespace}`);
    });
    tried(() => poolSizeFromEnvironment(env));
    tried(() => workflowTasksFromEnvironment(env));
    tried(() => readVersionSettings(env));
    if (OF_GATEWAY.some((name) => env[name])) {
      tried(() => {
        const { host, port, databaseUrl } = settingsFromEnvironment(env);
        if (isPostgresUrl(databaseUrl))
          saw.push(`the gateway listens at ${host}:${port} and is ${shownUrl(databaseUrl)}`);
        else problems.push('GATEWAY_DATABASE_URL: must be postgres://USER:PASSWORD@HOST:PORT/DATABASE');
      });
    }
    for (const name of options.require) {
      if (!env[name]) problems.push(`${name} is not set, and --require names it`);
      else saw.push(`${name} is set`);
    }
    return Promise.resolve(
      judged(
        problems,
        saw,
        'Set what is named, in the environment of the programs and of this command; see docs/reference/environment.md.',
      ),
    );
  },
};

function isPostgresUrl(text: string): boolean {
  return (
    URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol) && new URL(text).pathname.length > 1
  );
}
