/** Every bound of webhooks. Times are in milliseconds. */
export const WEBHOOK_LIMITS = {
  /** Characters of an address. */
  urlLength: 2_000,
  descriptionLength: 500,
  /** States of a filter. */
  states: 100,
  /** Webhooks of an organization. */
  webhooks: 20,
  /** Random bytes of a secret. */
  secretBytes: 32,
  /** For how long the secret before signs too. */
  secretOverlapMs: 86_400_000,
  /** For a receiver to answer, from looking up its name on. */
  answerMs: 15_000,
  /** Bytes of an answer that are read; they are kept with a dead letter. */
  answerBytes: 1_024,
  /** What an error says of itself. */
  errorLength: 500,
  /** Ports from here on are a receiver's own business; below, 443 only. */
  firstFreePort: 1_024,
  /** For a name to be looked up when a webhook is made. */
  lookUpMs: 3_000,
} as const;
