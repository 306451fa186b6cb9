import type { Outcome } from '../../src/client';

/** One request, as the app that sent it saw it. */
export interface SentRequest {
  intentId: string;
  requestId: string;
  /** How often it was sent, successfully or not. */
  attempts: number;
  /** When Temporal first confirmed it, milliseconds of the clock; absent: nobody knows whether it arrived. */
  acknowledgedAt?: number;
  /** What the app was told. */
  seen?: Outcome;
  /** Answered by the client, since the intent had ended: such a request reaches no workflow and leaves no row. */
  answeredAsEnded?: true;
}

/** Everything that apps have sent: what the rows in Postgres are held against. */
export class RequestLog {
  readonly requests: SentRequest[] = [];
  /** Contradictions that apps saw themselves. */
  readonly surprises: string[] = [];

  sending(intentId: string, requestId: string): SentRequest {
    const request: SentRequest = { intentId, requestId, attempts: 0 };
    this.requests.push(request);
    return request;
  }

  acknowledged(request: SentRequest): void {
    request.acknowledgedAt ??= Date.now();
  }

  /** An outcome that somebody has seen must never change. */
  saw(request: SentRequest, outcome: Outcome): void {
    request.seen ??= outcome;
    if (!sameOutcome(request.seen, outcome)) {
      this.surprises.push(
        `request ${request.requestId} of intent ${request.intentId} had two outcomes: ` +
          `${JSON.stringify(request.seen)} and ${JSON.stringify(outcome)}`,
      );
    }
  }
}

/** Whether both say the same of the intent; words and times of a client's own answer may differ. */
export function sameOutcome(one: Outcome, other: Outcome): boolean {
  if (one.status === 'applied') {
    return other.status === 'applied' && one.sequence === other.sequence && one.newState === other.newState;
  }
  if (one.status === 'voted') return other.status === 'voted' && one.votes === other.votes;
  return other.status === 'rejected' && one.code === other.code;
}
