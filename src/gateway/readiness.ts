import type { Connection } from '@temporalio/client';
import type { Pool } from 'pg';

import { GATEWAY_LIMITS } from './limits';

/** Whether a part answers. */
type PartState = 'ok' | 'away';

export interface Parts {
  postgres: PartState;
  temporal: PartState;
}

/** Asks Postgres and Temporal whether they are there; an answer counts for a second, however many ask. */
export class Readiness {
  private asked: { at: number; answer: Promise<Parts> } | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly connection: Connection,
  ) {}

  parts(): Promise<Parts> {
    const now = Date.now();
    if (this.asked === undefined || now - this.asked.at > GATEWAY_LIMITS.readyAnswerMs) {
      this.asked = { at: now, answer: this.ask() };
    }
    return this.asked.answer;
  }

  private async ask(): Promise<Parts> {
    const deadline = Date.now() + GATEWAY_LIMITS.readyMs;
    const [postgres, temporal] = await Promise.all([
      inTime(this.pool.query('SELECT 1')),
      inTime(this.connection.withDeadline(deadline, () => this.connection.workflowService.getSystemInfo({}))),
    ]);
    return { postgres, temporal };
  }
}

function inTime(answer: Promise<unknown>): Promise<PartState> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve('away'), GATEWAY_LIMITS.readyMs);
    const settle = (state: PartState) => {
      clearTimeout(timer);
      resolve(state);
    };
    answer.then(
      () => settle('ok'),
      () => settle('away'),
    );
  });
}
