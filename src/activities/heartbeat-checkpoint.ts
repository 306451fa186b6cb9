import type { Context } from '@temporalio/activity';

import type { CheckpointStore } from '../ops/checkpoint';
import { ACTIVITY_LIMITS } from './limits';

/** What the last heartbeat of an attempt tells the next one. */
interface Details<T> {
  /** ISO 8601, of the first attempt. */
  startedAt: string;
  checkpoint?: unknown;
  /** What was noted up to the checkpoint. */
  notes: T[];
}

export interface HeartbeatCheckpoint<T> {
  store: CheckpointStore;
  /** Of the first attempt. */
  startedAt: Date;
  /** The first that were noted, by all attempts. */
  notes: readonly T[];
  note(note: T): void;
  /** No more heartbeats. */
  stop(): void;
}

/**
 * Keeps the position of a long activity in its heartbeats, and with it the first notes that were taken on the way: when
 * the worker dies, the next attempt goes on there.
 */
export function heartbeatCheckpoint<T>(context: Context, maxNotes: number): HeartbeatCheckpoint<T> {
  const last = context.info.heartbeatDetails as Details<T> | undefined;
  let details: Details<T> = last ?? { startedAt: new Date().toISOString(), notes: [] };
  const notes = [...details.notes];
  const beat = () => context.heartbeat(details);
  beat();
  const timer = setInterval(beat, ACTIVITY_LIMITS.heartbeatMs);
  return {
    store: {
      name: 'the last heartbeat',
      read: () => details.checkpoint,
      write(checkpoint) {
        // From then on calls are broken off, and what they were to say is no result.
        if (context.cancellationSignal.aborted) return;
        details = { ...details, checkpoint, notes: [...notes] };
        beat();
      },
      remove: () => undefined,
    },
    startedAt: new Date(details.startedAt),
    notes,
    note(note) {
      if (notes.length < maxNotes) notes.push(note);
    },
    stop: () => clearInterval(timer),
  };
}
