import { activityInfo, cancelled, heartbeat } from '@temporalio/activity';

import type { WorkOrder } from '../../src/client';

export interface Call {
  order: WorkOrder;
  attempt: number;
}

type Script = (call: Call) => unknown;

/** An activity that does for each intent what its test says, and keeps what it was called with. */
export class ScriptedActivity {
  private readonly calls: Call[] = [];
  private readonly scripts = new Map<string, Script>();

  /** To be handed to a worker. */
  readonly run = (order: WorkOrder): unknown => {
    const call = { order, attempt: activityInfo().attempt };
    this.calls.push(call);
    return this.scripts.get(order.intentId)?.(call);
  };

  /** What it does for an intent from now on. */
  on(intentId: string, script: Script): void {
    this.scripts.set(intentId, script);
  }

  callsOf(intentId: string): Call[] {
    return this.calls.filter(({ order }) => order.intentId === intentId);
  }
}

/** Works until it is let go, or is told to stop: rejects then, as an activity should. */
export async function workUntil(released: Promise<void>): Promise<void> {
  const beat = setInterval(() => heartbeat(), 50);
  try {
    await Promise.race([released, cancelled()]);
  } finally {
    clearInterval(beat);
  }
}

/** Works until it is told to stop. */
export function untilCancelled(): Promise<void> {
  return workUntil(closedGate().opened);
}

/** What a test decides when to let go. */
export interface Gate {
  opened: Promise<void>;
  open: () => void;
}

export function closedGate(): Gate {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}
