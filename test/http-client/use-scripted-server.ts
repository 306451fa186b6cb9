import { HttpIntentClient } from '../../src/http-client';
import { startScriptedServer, type ScriptedServer } from './scripted-server';

export const INTENT_ID = '5d0c1a52-1f52-4b6c-8a0e-6a8f0c7f4b11';
export const APPLIED = {
  status: 'applied',
  requestId: 'r1',
  sequence: 2,
  previousState: 'CREATED',
  newState: 'ICP_PENDING',
  transitionedAt: '2026-01-01T00:00:00.000Z',
};
export const REJECTED = {
  status: 'rejected',
  requestId: 'r1',
  code: 'STATE_CONFLICT',
  message: 'The intent is in CREATED.',
  state: 'CREATED',
};

/** A server for a test file, and a client of it. */
export function useScriptedServer(): { server: ScriptedServer; intents: HttpIntentClient } {
  const used = {} as { server: ScriptedServer; intents: HttpIntentClient };
  beforeAll(async () => {
    used.server = await startScriptedServer();
    used.intents = await HttpIntentClient.connect({ url: `${used.server.url}/`, apiKey: 'key-1' });
  });
  afterAll(() => used.server.close());
  return used;
}
