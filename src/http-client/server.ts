import { IntentError, type IntentErrorCode } from '../client/errors';
import { HTTP_CLIENT_LIMITS } from './limits';
import { retryPauseMs, sleep } from './pause';
import { errorOf, outcomeOf, type Answer } from './problem';

export interface Call {
  method: 'GET' | 'POST';
  /** Below the server's URL, with the query: `/v1/intents`. */
  path: string;
  headers?: Record<string, string>;
  body?: string;
  /** Whether the server is asked to wait, for as long as there is time. */
  waits?: boolean;
}

/** Nobody answered in time: what was wrong in the last try. */
export interface Unanswered {
  error: IntentError;
  /** Whether a try may have been taken all the same: its answer was lost. */
  mayBeTaken: boolean;
}

/** What a server says before it has done anything. */
const NOTHING_DONE: readonly IntentErrorCode[] = ['RATE_LIMITED', 'TOO_MANY_WAITING'];

/** Sends calls, again where that may help. What is sent twice has the same `Idempotency-Key`, and counts once. */
export class Server {
  constructor(
    private readonly url: string,
    private readonly credential: () => string | Promise<string>,
    private readonly fetch: typeof globalThis.fetch,
  ) {}

  /**
   * The answer to a call, whatever it says; while there is none, or one that says to come again, it is sent again.
   *
   * @param deadline in milliseconds since 1970
   */
  async ask(call: Call, deadline: number): Promise<Answer | Unanswered> {
    let mayBeTaken = false;
    for (let tries = 1; ; tries += 1) {
      const answer = await this.askOnce(call, deadline);
      const lost = answer instanceof IntentError;
      if (!lost && !comesAgain(answer)) return answer;
      const error = lost ? answer : errorOf(answer);
      mayBeTaken ||= !NOTHING_DONE.includes(error.code);
      const pause = retryPauseMs(tries, lost ? null : answer.header('retry-after'));
      // A pause that is longer than the time that is left has no use.
      if (Date.now() + pause >= deadline) return { error, mayBeTaken };
      await sleep(pause);
    }
  }

  /** The answer to a call that needs one, within the time that any call has. @throws IntentError */
  async answer(call: Call, timeoutMs: number = HTTP_CLIENT_LIMITS.callMs): Promise<Answer> {
    const answer = await this.ask(call, Date.now() + timeoutMs);
    if ('error' in answer) throw answer.error;
    return answer;
  }

  private async askOnce(call: Call, deadline: number): Promise<Answer | IntentError> {
    const { answerMs, longestWaitSeconds, wayBackMs } = HTTP_CLIENT_LIMITS;
    const leftMs = Math.max(1, deadline - Date.now());
    const seconds = call.waits ? Math.min(longestWaitSeconds, Math.floor((leftMs - wayBackMs) / 1000)) : 0;
    const signal = AbortSignal.timeout(Math.min(leftMs, Math.max(0, seconds) * 1000 + answerMs));
    const credential = await inTime(Promise.resolve(this.credential()), signal);
    if (credential === undefined) return unavailable('The token was not there in time.');
    const headers = {
      accept: 'application/json, application/problem+json',
      authorization: `Bearer ${credential}`,
      ...(call.body !== undefined && { 'content-type': 'application/json' }),
      ...(seconds >= 1 && { prefer: `wait=${seconds}` }),
      ...call.headers,
    };
    try {
      const response = await this.fetch(this.url + call.path, {
        method: call.method,
        headers,
        ...(call.body !== undefined && { body: call.body }),
        // A call that was led elsewhere would take the credential there.
        redirect: 'manual',
        signal,
      });
      const text = await response.text();
      return {
        status: response.status,
        header: (name) => response.headers.get(name),
        text,
        body: json(text),
      };
    } catch (error) {
      return unavailable(
        signal.aborted
          ? `${this.url} did not answer in time.`
          : `${this.url} was not reached, or the connection was lost: ${wordsOf(error)}`,
        error,
      );
    }
  }
}

/** Whether to ask again. A limit of the intent is an outcome, and stays. */
function comesAgain(answer: Answer): boolean {
  return [429, 502, 503, 504].includes(answer.status) && outcomeOf(answer) === undefined;
}

function unavailable(message: string, cause?: unknown): IntentError {
  return new IntentError('UNAVAILABLE', message, { cause });
}

/** What `fetch` says is "fetch failed"; why stands beneath. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}, ${error.cause.message}` : error.message;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What is promised, or `undefined` once it is too late. */
function inTime<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => resolve(undefined));
    promise.then(resolve, reject);
  });
}
