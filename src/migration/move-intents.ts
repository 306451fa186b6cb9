import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Pool } from 'pg';
import { z } from 'zod';

import { isIntentError, type IntentClient, type IntentErrorCode, type MoveOutcome } from '../client';
import { canonicalJson } from '../database/canonical-json';
import { formatGraphReference } from '../graph';
import { migrationTarget } from '../intent';
import { Checkpoint, type CheckpointStore, type CountsOf } from '../ops/checkpoint';
import { FIRST } from '../ops/pages';
import { MIGRATION_LIMITS } from './limits';
import { Pace } from './pace';
import { checkCourse, type Course } from './plan-moves';
import { countRunning, pagesOfRunning, type RunningIntent } from './running-intents';

export interface MoveOptions extends Course {
  pool: Pool;
  intents: IntentClient;
  organizationId?: string | undefined;
  /** Requests a second; see {@link MIGRATION_LIMITS}. */
  perSecond?: number | undefined;
  /** Kept in each audit row. */
  actor?: string | undefined;
  reason?: string | undefined;
  /** Keeps the position. */
  checkpoint?: CheckpointStore | undefined;
  /** An intent that was not moved, and why. */
  onLeft: (intent: Pick<RunningIntent, 'id' | 'state'>, reason: string) => void;
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined;
  /** Stops after the requests that are under way; the checkpoint stays. */
  signal?: AbortSignal | undefined;
}

interface MoveCounts {
  /** Intents that follow the other version now. */
  moved: number;
  /** Those that ended in the meantime. */
  ended: number;
  left: number;
}

export interface MoveSummary extends MoveCounts {
  /** Intents that still follow the older version: those left, and those that have been created since. */
  remaining: number;
  /** Whether it went through to the end. */
  complete: boolean;
}

const count = z.int().min(0);

const COUNTS: CountsOf<MoveCounts> = {
  schema: z.object({ moved: count, ended: count, left: count }),
  nothing: { moved: 0, ended: 0, left: 0 },
};

/** Errors that say nothing of other intents. */
const OF_ONE_INTENT: ReadonlySet<IntentErrorCode> = new Set([
  'OUTCOME_TIMEOUT',
  'INTENT_NOT_FOUND',
  'INTENT_NOT_RUNNING',
]);

/** What came of an intent; where it was left, why, and whether that may be otherwise in a moment. */
type Became = 'moved' | 'ended' | { reason: string; busy?: boolean };

/** Nothing moved for too long. Running it again goes on where it stopped. */
class MoveStalledError extends Error {
  override readonly name = 'MoveStalledError';
}

/**
 * Moves the running intents of a version of a graph to another one, a page at a time in the order of their ids, each by a
 * request whose outcome is waited for. The request's id follows from the intent as it was read, so that a run that is
 * killed and started again does not ask twice.
 *
 * @throws RangeError where no intent can be moved like that; MoveStalledError; errors of Postgres and Temporal
 */
export async function moveIntents(options: MoveOptions): Promise<MoveSummary> {
  const { pool, intents, from, to, map, organizationId, signal, onLeft, onProgress } = options;
  checkCourse(options);
  const which = { graphName: from.name, graphVersion: from.version, organizationId };
  const graph = formatGraphReference(to);
  const checkpoint = new Checkpoint(options.checkpoint, scopeOf(options), COUNTS);
  const { after, counts } = checkpoint.read();
  const summary: MoveSummary = { ...counts, remaining: 0, complete: false };
  const done = () => summary.moved + summary.ended + summary.left;
  const running = async (behind: string) =>
    (await countRunning(pool, which, behind)).reduce((sum, state) => sum + state.intents, 0);
  const total = done() + (await running(after));
  const pace = new Pace(options.perSecond ?? MIGRATION_LIMITS.perSecond);
  let lastOutcomeAt = 0;

  onProgress?.({ done: done(), total });
  for await (const page of pagesOfRunning(pool, which, { after, pageSize: MIGRATION_LIMITS.pageIntents })) {
    if (!(await moveAll(page))) return { ...summary, remaining: await running(FIRST) };
    const { moved, ended, left } = summary;
    checkpoint.write({ after: page.at(-1)?.id ?? after, counts: { moved, ended, left } });
  }
  checkpoint.remove();
  return { ...summary, remaining: await running(FIRST), complete: true };

  /** Whether it went through all of them. */
  async function moveAll(page: readonly RunningIntent[]): Promise<boolean> {
    let [position, finished] = [0, 0];
    const moveNext = async (): Promise<void> => {
      for (let intent = page[position++]; intent !== undefined; intent = page[position++]) {
        // What its workflow would refuse is not asked for.
        const target = migrationTarget(to, intent.state, map);
        if (target.ok) await pace.turn();
        if (signal?.aborted) return;
        tell(intent, target.ok ? await move(intent) : { reason: target.problem.message });
        finished += 1;
        onProgress?.({ done: done(), total: Math.max(total, done()) });
      }
    };
    await Promise.all(Array.from({ length: MIGRATION_LIMITS.inFlight }, moveNext));
    return finished === page.length;
  }

  function tell(intent: RunningIntent, became: Became): void {
    if (typeof became === 'string') summary[became] += 1;
    else {
      summary.left += 1;
      onLeft(intent, became.reason);
    }
  }

  /** One that another request moves at the moment is asked again: that of a run which was killed may be under way still. */
  async function move(intent: RunningIntent): Promise<Became> {
    for (let attempt = 1; ; attempt += 1) {
      const became = await ask(intent, attempt);
      if (typeof became === 'string' || became.busy !== true) return became;
      if (attempt === MIGRATION_LIMITS.attempts || signal?.aborted) return became;
      await sleep(MIGRATION_LIMITS.busyPauseMs * attempt);
    }
  }

  async function ask(intent: RunningIntent, attempt: number): Promise<Became> {
    const { actor, reason } = options;
    const sentAt = performance.now();
    try {
      const outcome = await intents.migrate(
        intent.id,
        {
          graph,
          requestId: requestIdOf(options, intent, attempt),
          ...(Object.keys(map).length > 0 && { map }),
          ...(actor !== undefined && { actor }),
          ...(reason !== undefined && { reason }),
        },
        { timeoutMs: MIGRATION_LIMITS.outcomeMs },
      );
      lastOutcomeAt = performance.now();
      return becameOf(outcome);
    } catch (error) {
      if (!isIntentError(error) || !OF_ONE_INTENT.has(error.code)) throw error;
      if (error.code === 'OUTCOME_TIMEOUT' && lastOutcomeAt < sentAt) {
        const seconds = MIGRATION_LIMITS.outcomeMs / 1_000;
        throw new MoveStalledError(
          `No intent has been moved for ${seconds} s: is a worker running? Run it again to go on.`,
        );
      }
      return { reason: error.message };
    }
  }
}

function becameOf(outcome: MoveOutcome): Became {
  if (outcome.status === 'applied') return 'moved';
  if (outcome.code === 'TERMINAL_STATE') return 'ended';
  // Somebody else was faster.
  if (outcome.code === 'ALREADY_IN_STATE') return 'moved';
  return { reason: `${outcome.code}: ${outcome.message}`, busy: outcome.code === 'LIMIT_REACHED' };
}

/**
 * The same for an intent of which nothing has been recorded since, so that it is asked once; and another one when it may be
 * judged otherwise.
 */
function requestIdOf({ to, map }: Course, { sequence, rejections }: RunningIntent, attempt: number): string {
  const again = attempt === 1 ? '' : `.${attempt}`;
  const id = `migrate:${formatGraphReference(to)}:${sequence}.${rejections}${again}`;
  return Object.keys(map).length === 0 ? id : `${id}:${digestOf(map)}`;
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 16);
}

function scopeOf({ from, to, map, organizationId }: MoveOptions): string {
  const mapped = Object.entries(map).map(([old, target]) => `, ${old}=${target}`);
  return `migrate ${formatGraphReference(from)} to ${to.version}${mapped.join('')} of ${organizationId ?? 'everything'}`;
}
