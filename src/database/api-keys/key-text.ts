import { createHash, randomBytes, randomInt } from 'node:crypto';

/** Marks a key for programs that search code and logs for secrets that have leaked. */
const MARK = 'intent';
const ID_LENGTH = 12;
const ID_LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const SECRET_BYTES = 32;

const KEY = /^intent_([a-z0-9]{12})_([A-Za-z0-9_-]{43})$/;

/** What a key's text says. */
export interface KeyParts {
  /** By which it is looked up; may be shown. */
  id: string;
  secretHash: Buffer;
}

/** A new key: what is given to its user, once, and what is stored of it. */
export function newKey(): KeyParts & { text: string } {
  const id = Array.from({ length: ID_LENGTH }, () => ID_LETTERS[randomInt(ID_LETTERS.length)]).join('');
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  return { id, secretHash: hashOf(secret), text: `${MARK}_${id}_${secret}` };
}

/** The parts of a key; `undefined` for what has not the form of one. */
export function readKey(text: string): KeyParts | undefined {
  const [, id, secret] = KEY.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secretHash: hashOf(secret) };
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
