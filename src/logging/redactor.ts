/** What stands in the place of what is left out. */
const MASK = '***';

/** Words that may come before a secret are kept: they say what it was. */
const SECRETS: ReadonlyArray<readonly [pattern: RegExp, replacement: string]> = [
  // Keys of the HTTP API: the id may be shown.
  [/\bintent_([a-z0-9]{12})_[\w-]{8,}/g, `intent_$1_${MASK}`],
  // Webhook secrets, as Standard Webhooks writes them.
  [/\bwhsec_[\w+/=-]+/g, `whsec_${MASK}`],
  // JSON Web Tokens.
  [/\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?/g, `eyJ${MASK}`],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${MASK}`],
  // The password of a URL, up to the last @: it may hold one itself.
  [/\b([a-z][\w+.-]*:\/\/[^\s"':/@\\]*):(?:\\.|[^\s"'\\])*@/gi, `$1:${MASK}@`],
  [/([?&](?:ssl)?(?:password|token|access_token|secret|api_?key|key)=)[^&\s"'\\]+/gi, `$1${MASK}`],
  [/\b((?:pg)?pass(?:word|wd)\s*[=:]\s*)(?:'[^']*'|[^\s,;&"'}\\]+)/gi, `$1${MASK}`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g, MASK],
];

/** Fields whose value is not logged, at any depth: credentials, and what is said by and about people. */
const FIELDS = [
  'authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'apikey',
  'password',
  'secret',
  'token',
  'personalsalt',
  'actor',
  'reason',
  'title',
  'metadata',
  'createdby',
  'onbehalfof',
  'remoteaddress',
];
const HAS_FIELD = new RegExp(`"(?:${FIELDS.join('|')})":`, 'i');

/** Shorter ones may be part of any word. */
const LEAST_SECRET_LENGTH = 8;

/** Takes secrets and personal data out of what is about to be written. */
interface Redactor {
  /** Of a line of JSON. */
  line: (json: string) => string;
  /** Of any text, an error's message say. */
  text: (text: string) => string;
}

/**
 * @param env its passwords and keys are left out wherever they appear, whatever they look like
 * @example
 * createRedactor(process.env).text('postgres://ada:hunter2@db/intent'); // 'postgres://ada:***@db/intent'
 */
export function createRedactor(env: NodeJS.ProcessEnv): Redactor {
  const literals = secretsOf(env);
  const text = (given: string): string => {
    let left = given;
    for (const literal of literals) left = left.replaceAll(literal, MASK);
    for (const [pattern, replacement] of SECRETS) left = left.replace(pattern, replacement);
    return left;
  };
  return { text, line: (json) => text(HAS_FIELD.test(json) ? withoutFields(json) : json) };
}

function withoutFields(json: string): string {
  const shown = JSON.parse(json, (key, value: unknown) =>
    value !== null && FIELDS.includes(key.toLowerCase()) ? MASK : value,
  ) as unknown;
  return `${JSON.stringify(shown)}\n`;
}

/** As they are, and as a URL or JSON writes them; longest first. */
function secretsOf(env: NodeJS.ProcessEnv): string[] {
  const found = Object.entries(env).flatMap(([name, value]) => {
    if (!value) return [];
    if (/^(PGPASSWORD|TEMPORAL_API_KEY|TEMPORAL_TLS_CLIENT_KEY_DATA|TEMPORAL_GRPC_META_\w+)$/.test(name))
      return [value];
    return name.endsWith('DATABASE_URL') ? passwordsOf(value) : [];
  });
  const written = found.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  return [...new Set(written)]
    .filter((secret) => secret.length >= LEAST_SECRET_LENGTH)
    .sort((a, b) => b.length - a.length);
}

/** A password that is the name of its user tells nothing that is not told anyway. */
function passwordsOf(databaseUrl: string): string[] {
  if (!URL.canParse(databaseUrl)) return [];
  const { username, password } = new URL(databaseUrl);
  return password === username ? [] : [password, decoded(password)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
