import { HttpIntentClient } from '../../src/http-client';
import { startScriptedServer, type Reply, type ScriptedServer } from './scripted-server';

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

/** How long callers wait, by the clock that {@link late} moves. */
export const TIMEOUT_MS = 10_000;

/** Answers when the time of its caller is up. */
export function late(reply: Reply): Reply {
  return (response, request) => {
    const then = Date.now() + TIMEOUT_MS;
    jest.spyOn(Date, 'now').mockReturnValue(then);
    reply(response, request);
  };
}

/** A server for a test file, and a client of it. */
export function useScriptedServer(): { server: ScriptedServer; intents: HttpIntentClient } {
  const used = {} as { server: ScriptedServer; intents: HttpIntentClient };
  beforeAll(async () => {
    used.server = await startScriptedServer();
    used.intents = await HttpIntentClient.connect({ url: `${used.server.url}/`, apiKey: 'key-1' });
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => used.server.close());
  return used;
}
