import { createApiKey } from '../../src/database/api-keys/create-api-key';
import { SCOPE_NAMES } from '../../src/database/api-keys/scopes';
import { createPool } from '../../src/database/pool';
import { startStack, type Stack } from '../../src/dev/stack/stack';

const ORGANIZATION = '0b8fd1a5-6f6c-4a1d-9a67-0d0f4bb7a001';
const UNLIMITED = 1_000_000;

export interface ApiStack {
  stack: Stack;
  url: string;
  /** With every scope. */
  key: string;
  intentIds: string[];
}

/** Postgres, Temporal, a worker and a gateway, each a process of its own, that go away again; some intents; a key. */
export async function startApiStack(intents: number, log: (line: string) => void): Promise<ApiStack> {
  const stack = await startStack({ temporary: true, gateway: true, headless: true, log });
  try {
    const url = stack.env.INTENT_API_URL;
    if (url === undefined) throw new Error('The stack has no gateway.');
    const key = await makeKey(stack.env.OWNER_DATABASE_URL ?? '');
    const intentIds = await Promise.all(
      Array.from({ length: intents }, async (_, index) => {
        const answer = await fetch(`${url}/v1/intents`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${key}`,
            'content-type': 'application/json',
            prefer: 'wait=30',
          },
          body: JSON.stringify({ title: `Intent ${index}` }),
        });
        return ((await answer.json()) as { id: string }).id;
      }),
    );
    return { stack, url, key, intentIds };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

async function makeKey(databaseUrl: string): Promise<string> {
  const owner = createPool({ databaseUrl, applicationName: 'api tests', max: 1 });
  try {
    const { text } = await createApiKey(
      owner,
      {
        organizationId: ORGANIZATION,
        name: 'api tests',
        actor: 'api tests',
        scopes: SCOPE_NAMES,
        roles: ['supervisor'],
        requestsPerMinute: UNLIMITED,
      },
      'api tests',
    );
    return text;
  } finally {
    await owner.end();
  }
}
