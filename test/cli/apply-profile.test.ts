import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { loadClientConnectConfig } from '@temporalio/envconfig';

import { applyProfile } from '../../src/cli/profiles/apply-profile';

const PROFILE = {
  database_url: 'postgres://engine@profile/intent',
  owner_database_url: 'postgres://owner@profile/intent',
  temporal_address: 'profile:7233',
  temporal_namespace: 'profiled',
};
const SAID = {
  DATABASE_URL: PROFILE.database_url,
  OWNER_DATABASE_URL: PROFILE.owner_database_url,
  TEMPORAL_ADDRESS: PROFILE.temporal_address,
  TEMPORAL_NAMESPACE: PROFILE.temporal_namespace,
  TEMPORAL_CONFIG_FILE: '',
};
const { DATABASE_URL, OWNER_DATABASE_URL, ...OF_TEMPORAL } = SAID;

test.each([
  ['nothing else', {}, SAID, []],
  ['what is empty', { DATABASE_URL: '', TEMPORAL_ADDRESS: '' }, SAID, []],
  [
    "another Postgres: without the owner's of the profile",
    { DATABASE_URL: 'postgres://env/intent' },
    { DATABASE_URL: 'postgres://env/intent', ...OF_TEMPORAL },
    ['DATABASE_URL'],
  ],
  [
    "the owner's URL alone",
    { OWNER_DATABASE_URL: 'postgres://owner@env/intent' },
    { ...SAID, OWNER_DATABASE_URL: 'postgres://owner@env/intent' },
    ['OWNER_DATABASE_URL'],
  ],
  [
    'another Temporal: without the namespace of the profile',
    { TEMPORAL_ADDRESS: 'env:7233' },
    { DATABASE_URL, OWNER_DATABASE_URL, TEMPORAL_ADDRESS: 'env:7233' },
    ['TEMPORAL_ADDRESS'],
  ],
  [
    'another profile of Temporal',
    { TEMPORAL_PROFILE: 'cloud', TEMPORAL_CONFIG_FILE: '/etc/temporal.toml' },
    {
      DATABASE_URL,
      OWNER_DATABASE_URL,
      TEMPORAL_PROFILE: 'cloud',
      TEMPORAL_CONFIG_FILE: '/etc/temporal.toml',
    },
    ['TEMPORAL_PROFILE'],
  ],
  [
    'a namespace and a key',
    { TEMPORAL_NAMESPACE: 'mine', TEMPORAL_API_KEY: 'k' },
    { ...SAID, TEMPORAL_NAMESPACE: 'mine', TEMPORAL_API_KEY: 'k' },
    ['TEMPORAL_NAMESPACE', 'TEMPORAL_API_KEY'],
  ],
])('a profile completes an environment that has %s', (_, given, env, before) => {
  expect(applyProfile(given, PROFILE)).toEqual({ env, before });
});

describe("beside Temporal's own file", () => {
  let folder: string;
  let temporalFile: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'intent-temporal-'));
    temporalFile = join(folder, 'temporal.toml');
    writeFileSync(
      temporalFile,
      '[profile.default]\naddress = "default:1"\napi_key = "key of default"\n' +
        '[profile.cloud]\naddress = "cloud:2"\nnamespace = "ns"\napi_key = "key of cloud"\n',
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const connection = (profile: Parameters<typeof applyProfile>[1]) => {
    const { env } = applyProfile({ TEMPORAL_CONFIG_FILE: temporalFile }, profile);
    return loadClientConnectConfig({ overrideEnvVars: env as Record<string, string> });
  };

  test('temporal_profile takes address, namespace and key from there', () => {
    expect(connection({ temporal_profile: 'cloud' })).toMatchObject({
      connectionOptions: { address: 'cloud:2', apiKey: 'key of cloud' },
      namespace: 'ns',
    });
  });

  test('temporal_address is not given the key of the default profile there', () => {
    const { connectionOptions } = connection({ temporal_address: 'plain:3' });
    expect(connectionOptions.address).toBe('plain:3');
    expect(connectionOptions.apiKey).toBeUndefined();
  });
});
