import { WorkflowNotFoundError, type Client } from '@temporalio/client';

import { hasGrpcStatus } from '../temporal/grpc-status';
import type { History, Replayer, ReplayedRun } from './replayer';
import { lastRunBefore } from './last-run-before';
import { isUnderWay } from './under-way';

type HistoryEvent = NonNullable<History['events']>[number];
type StartedAttributes = HistoryEvent['workflowExecutionStartedEventAttributes'];

/** What Temporal knows of an intent, as far back as it has kept its runs. */
export interface WitnessedIntent extends ReplayedRun {
  /** Of the first run, as the intent's row keeps it. */
  firstRunId: string;
  /** Then Postgres may hold more than the history says. */
  underWay: boolean;
  /** False where Temporal has deleted the earlier runs: `continued` then tells of them. */
  fromTheBeginning: boolean;
}

/**
 * Replays all runs that Temporal has kept of an intent, the newest first, until there is no earlier one: those that one
 * workflow has continued as new, and those of the workflows before it, where the intent was reopened.
 *
 * @returns `undefined` when Temporal has kept none
 */
export async function replayIntent(
  client: Client,
  replayer: Replayer,
  intentId: string,
): Promise<WitnessedIntent | undefined> {
  const description = await client.workflow.getHandle(intentId).describe().catch(ifNotFound);
  if (description === undefined) return undefined;
  const witnessed: WitnessedIntent = {
    migrated: [],
    transitions: [],
    rejections: [],
    votes: [],
    firstRunId: description.raw.workflowExecutionInfo?.firstRunId || description.runId,
    underWay: isUnderWay(description),
    fromTheBeginning: false,
  };

  let runId: string | undefined = description.runId;
  while (runId !== undefined) {
    const history: History | undefined = await client.workflow
      .getHandle(intentId, runId)
      .fetchHistory()
      .catch(ifNotFound);
    if (history === undefined) return witnessed;
    const { transitions, rejections, votes, migrated, created, continued, error } = await replayer.replay(
      intentId,
      history,
    );
    if (error !== undefined) return { ...witnessed, error };
    witnessed.transitions.unshift(...transitions);
    witnessed.rejections.unshift(...rejections);
    witnessed.votes.unshift(...votes);
    witnessed.migrated.unshift(...migrated);
    if (created !== undefined) witnessed.created = created;
    if (continued !== undefined) witnessed.continued = continued;
    const first: HistoryEvent | undefined = history.events?.[0];
    const started: StartedAttributes = first?.workflowExecutionStartedEventAttributes;
    witnessed.firstRunId = started?.firstExecutionRunId || runId;
    runId = started?.continuedExecutionRunId || undefined;
    if (runId === undefined && created === undefined) {
      // Not its first workflow: it was reopened, or a reopening was refused.
      runId = await lastRunBefore(client, intentId, timeOf(first));
      if (runId === undefined) return { ...witnessed, fromTheBeginning: continued === undefined };
    }
  }
  return { ...witnessed, fromTheBeginning: true };
}

function timeOf(event: HistoryEvent | undefined): Date {
  const { seconds, nanos } = event?.eventTime ?? {};
  return new Date(Number(seconds ?? 0) * 1_000 + Math.floor((nanos ?? 0) / 1_000_000));
}

/** For a history that is not there the SDK has no error of its own. */
function ifNotFound(error: unknown): undefined {
  if (error instanceof WorkflowNotFoundError || hasGrpcStatus(error, 'NOT_FOUND')) return undefined;
  throw error;
}
