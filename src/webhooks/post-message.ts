import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';

import { hostOf, urlProblem } from './check-url';
import { guardedLookup } from './guarded-lookup';
import { WEBHOOK_LIMITS } from './limits';
import type { ReceiverRules } from './receiver-rules';
import type { Message } from './sign';
import { signedHeaders } from './sign';
import type { WebhookTarget } from '../database/webhooks/read-target';

/** What came of sending a message. */
export interface Posted {
  /** HTTP status; `null` where there was no answer. */
  status: number | null;
  /** Why it does not count as delivered; `undefined` when it does. */
  problem?: string;
  /** How the body of the answer begins. */
  response: string | null;
}

/**
 * Sends a message once. Never throws for what a receiver does: it may be slow, answer at length, lead elsewhere. A
 * redirection is not followed, and counts as not delivered.
 */
export async function postMessage(
  { url: text, secrets }: WebhookTarget,
  message: Message,
  rules: ReceiverRules,
): Promise<Posted> {
  // Rules may have changed since it was made.
  const problem = urlProblem(text, rules);
  if (problem !== undefined) return notSent(`The address of the receiver ${problem}`);
  const signal = AbortSignal.timeout(WEBHOOK_LIMITS.answerMs);
  try {
    const answer = await send(new URL(text), message, secrets, rules, signal);
    const status = answer.statusCode ?? 0;
    const response = await beginningOf(answer);
    const delivered = status >= 200 && status < 300;
    return { status, response, ...(delivered ? {} : { problem: `The receiver answered ${status}` }) };
  } catch (error) {
    return notSent(
      signal.aborted
        ? `The receiver did not answer within ${WEBHOOK_LIMITS.answerMs / 1_000} s`
        : (error as Error).message || String((error as NodeJS.ErrnoException).code),
    );
  }
}

function notSent(problem: string): Posted {
  return { status: null, problem: problem.slice(0, WEBHOOK_LIMITS.errorLength), response: null };
}

function send(
  url: URL,
  message: Message,
  secrets: readonly string[],
  rules: ReceiverRules,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const mayBePrivate = rules.privateHosts.includes(hostOf(url));
  const body = Buffer.from(message.body);
  return new Promise((resolve, reject) => {
    const sent = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
      method: 'POST',
      // Of its own: a connection that is kept is one that nobody has looked at.
      agent: false,
      signal,
      ...(mayBePrivate ? {} : { lookup: guardedLookup(rules) }),
      headers: {
        'content-type': 'application/json',
        'content-length': body.length,
        'user-agent': 'intent-engine',
        ...signedHeaders(message, secrets, new Date()),
      },
    });
    sent.once('response', resolve);
    sent.on('error', reject);
    sent.end(body);
  });
}

/** As text that Postgres takes, whatever it is. An answer that breaks off has been given all the same. */
async function beginningOf(answer: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= WEBHOOK_LIMITS.answerBytes) break;
    }
  } catch {
    // What came until then.
  } finally {
    answer.destroy();
  }
  const text = Buffer.concat(chunks).subarray(0, WEBHOOK_LIMITS.answerBytes).toString('utf8');
  return text === '' ? null : text.replaceAll('\0', '');
}
