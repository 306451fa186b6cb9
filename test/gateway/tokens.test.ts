import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';

import { createIntentEnvironment, ORGANIZATION, type IntentEnvironment } from '../setup/intent-environment';
import { startGateway, type TestGateway } from '../setup/gateway';

const ISSUER = 'https://auth.example.com/';
const AUDIENCE = 'intents';

let environment: IntentEnvironment;
let gateway: TestGateway;
let issuer: Server;
let signingKey: CryptoKey;
let strangersKey: CryptoKey;

/** A real server that publishes the key of a real key pair. */
beforeAll(async () => {
  const pair = await generateKeyPair('ES256');
  signingKey = pair.privateKey;
  strangersKey = (await generateKeyPair('ES256')).privateKey;
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' };
  issuer = createServer((_request, response) => response.end(JSON.stringify({ keys: [jwk] })));
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
  const jwksUrl = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/jwks.json`;
  environment = await createIntentEnvironment('gateway-tokens');
  await environment.startWorker();
  gateway = await startGateway(environment, { tokens: { jwksUrl, issuer: ISSUER, audience: AUDIENCE } });
});
afterAll(async () => {
  await gateway.close();
  await environment.close();
  issuer.close();
});

const CLAIMS = {
  sub: 'user-17',
  organization_id: ORGANIZATION,
  scope: 'openid intent:read intent:transition intent:approve',
  intent_roles: ['supervisor'],
};

interface Signing {
  key?: CryptoKey;
  issuer?: string;
  audience?: string;
  expires?: string | number;
}

function token(claims: JWTPayload = CLAIMS, signing: Signing = {}): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .setIssuer(signing.issuer ?? ISSUER)
    .setAudience(signing.audience ?? AUDIENCE)
    .setIssuedAt()
    .setExpirationTime(signing.expires ?? '5 minutes')
    .sign(signing.key ?? signingKey);
}

const create = (key: string) =>
  gateway.send('POST', '/v1/intents', { key, body: {}, headers: { prefer: 'wait=20' } });

test('a token of the issuer acts as its subject, in its organization, with its scopes', async () => {
  const { status, body } = await create(await token());
  expect(status).toBe(201);
  const { id } = body as { id: string };
  expect((await environment.intents.history(id))[0]).toMatchObject({ actor: 'user-17' });
  const forced = await gateway.send('POST', `/v1/intents/${id}/force`, {
    key: await token(),
    body: { to: 'ICP_PENDING', reason: 'must' },
  });
  expect([forced.status, forced.body]).toMatchObject([403, { code: 'SCOPE_MISSING' }]);
});

test('claims that an issuer such as Supabase keeps in app_metadata count, those that users write do not', async () => {
  const inApp = { organization_id: ORGANIZATION, intent_scopes: ['transition'] };
  expect((await create(await token({ sub: 'user-17', app_metadata: inApp }))).status).toBe(201);
  const ofUser = await create(await token({ sub: 'user-17', user_metadata: inApp }));
  expect([ofUser.status, ofUser.body]).toMatchObject([401, { code: 'UNAUTHENTICATED' }]);
});

test.each<[string, () => Promise<string>]>([
  ['has expired', () => token(CLAIMS, { expires: Math.floor(Date.now() / 1000) - 10 })],
  ['is of another issuer', () => token(CLAIMS, { issuer: 'https://evil.example/' })],
  ['is for another app', () => token(CLAIMS, { audience: 'another' })],
  ['was signed by somebody else', () => token(CLAIMS, { key: strangersKey })],
  ['names no organization', () => token({ ...CLAIMS, organization_id: undefined })],
  ['names an organization that is no UUID', () => token({ ...CLAIMS, organization_id: 'acme' })],
  ['has no subject', () => token({ organization_id: ORGANIZATION, scope: CLAIMS.scope })],
  ['is not signed at all', () => Promise.resolve(unsigned())],
  [
    'was changed',
    async () => (await token()).replace(/\.([^.]+)\./, `.${encode({ ...CLAIMS, sub: 'root' })}.`),
  ],
])('a token that %s is refused', async (_what, make) => {
  const { status, body } = await create(await make());
  expect([status, body]).toMatchObject([401, { code: 'UNAUTHENTICATED' }]);
});

test('while the issuer is away the answer is 503, and keys go on', async () => {
  const away = await startGateway(environment, {
    tokens: { jwksUrl: 'http://127.0.0.1:9/jwks.json', issuer: ISSUER, audience: AUDIENCE },
  });
  try {
    const { status, body, headers } = await away.send('GET', '/v1/graphs', { key: await token() });
    expect([status, body]).toMatchObject([503, { code: 'TOKENS_UNAVAILABLE' }]);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await away.send('GET', '/v1/graphs')).status).toBe(200);
  } finally {
    await away.close();
  }
});

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function unsigned(): string {
  const claims = { ...CLAIMS, iss: ISSUER, aud: AUDIENCE, exp: Math.floor(Date.now() / 1000) + 60 };
  return `${encode({ alg: 'none' })}.${encode(claims)}.`;
}
