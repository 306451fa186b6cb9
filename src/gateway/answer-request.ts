import type { FastifyReply, FastifyRequest } from 'fastify';

import { OutcomeTimeoutError, type AnyRequestOptions } from '../client';
import { REJECTION_CODES, type Outcome, type RejectedOutcome } from '../intent';
import { findIntent } from './find-intent';
import type { GatewayMetrics } from './metrics';
import { expectedSequence } from './preconditions';
import { sayWaited, waitOf } from './prefer';
import { Problem } from './problem';

/** Body of an answer to a request that has no outcome yet. */
export interface Receipt {
  requestId: string;
}

type Asked = FastifyRequest<{
  Headers: {
    prefer?: string | undefined;
    'idempotency-key'?: string | undefined;
    'if-match'?: string | undefined;
  };
}>;

/**
 * Sends a request to an intent and answers: at once with 202, or, where `Prefer: wait` asks for it, with its outcome.
 *
 * @param asked the request as the body says it; who sends it comes from the credentials
 */
export async function answerRequest(
  metrics: GatewayMetrics,
  http: Asked,
  reply: FastifyReply,
  intentId: string,
  asked: AnyRequestOptions,
): Promise<Outcome | Receipt> {
  const { organization, principal, headers } = http;
  const ifMatch = expectedSequence(headers['if-match']);
  const requestId = headers['idempotency-key'];
  const request: AnyRequestOptions = {
    ...asked,
    actor: principal.actor,
    ...(requestId === undefined ? {} : { requestId }),
    ...(ifMatch === undefined ? {} : { expectedSequence: ifMatch }),
  };
  await findIntent(organization, intentId);

  const wait = waitOf(headers.prefer);
  const outcome = await (wait === undefined
    ? send(http, intentId, request)
    : sendAndWait(http, reply, intentId, request, wait));
  if (!('status' in outcome)) {
    const path = `/v1/intents/${intentId}/outcomes/${encodeURIComponent(outcome.requestId)}`;
    void reply.code(202).header('location', path);
    return outcome;
  }
  metrics.outcome(outcome);
  // A repeated id keeps its first outcome.
  if (outcome.status === 'voted' && asked.kind !== 'approve')
    throw new Problem(
      'REQUEST_ID_OF_VOTE',
      `Request id ${outcome.requestId} is that of a vote; choose another.`,
    );
  if (outcome.status === 'rejected') throw rejection(outcome, ifMatch !== undefined);
  void reply.code(200);
  return outcome;
}

async function send(http: Asked, intentId: string, request: AnyRequestOptions): Promise<Outcome | Receipt> {
  const { requestId, outcome } = await http.organization.intents.request(intentId, request);
  return outcome ?? { requestId };
}

async function sendAndWait(
  http: Asked,
  reply: FastifyReply,
  intentId: string,
  request: AnyRequestOptions,
  seconds: number,
): Promise<Outcome | Receipt> {
  sayWaited(reply, seconds);
  try {
    return await http.organization.intents.requestAndWait(intentId, request, { timeoutMs: seconds * 1_000 });
  } catch (error) {
    if (error instanceof OutcomeTimeoutError && error.requestStands === true) {
      return { requestId: error.requestId };
    }
    throw error;
  }
}

const PRECONDITION_FAILED = 412;

/** A rejection as a problem. A sequence that `If-Match` expected in vain is what 412 is there for. */
function rejection(outcome: RejectedOutcome, conditional: boolean): Problem {
  const failed = conditional && outcome.code === 'STATE_CONFLICT';
  return new Problem(outcome.code, outcome.message, {
    outcome,
    httpStatus: failed ? PRECONDITION_FAILED : REJECTION_CODES[outcome.code].httpStatus,
  });
}
