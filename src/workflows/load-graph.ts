import { CancellationScope } from '@temporalio/workflow';

import type { Intent } from '../intent';
import type { Message } from './inbox';
import { regularActivities } from './record';

/** Asks for the graph that a migration waits for: once a request, and in each run anew. */
export class GraphLoader {
  private asked: string | undefined;

  constructor(
    private readonly intent: Intent,
    private readonly put: (message: Message) => void,
  ) {}

  /** After each message. */
  follow(): void {
    const { migration } = this.intent;
    if (migration === undefined || this.asked === migration.requestId) return;
    const { requestId, graph } = migration;
    this.asked = requestId;
    // Called by handlers, too, which a cancellation in Temporal would reach.
    void CancellationScope.nonCancellable(async () => {
      const loaded = await regularActivities(`load ${graph}`).loadGraph({ graph });
      this.put({ from: 'graph-loaded', requestId, loaded });
    });
  }
}
