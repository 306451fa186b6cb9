import { WorkflowNotFoundError, type Client } from '@temporalio/client';

import { hasGrpcStatus } from '../temporal/grpc-status';
import type { History, Replayer, ReplayedRun } from './replayer';
import { isUnderWay } from './under-way';

type StartedAttributes = NonNullable<History['events']>[number]['workflowExecutionStartedEventAttributes'];

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
 * Replays all runs that Temporal has kept of an intent, the newest first, until there is no earlier one.
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
    const started: StartedAttributes = history.events?.[0]?.workflowExecutionStartedEventAttributes;
    runId = started?.continuedExecutionRunId || undefined;
  }
  return { ...witnessed, fromTheBeginning: true };
}

/** For a history that is not there the SDK has no error of its own. */
function ifNotFound(error: unknown): undefined {
  if (error instanceof WorkflowNotFoundError || hasGrpcStatus(error, 'NOT_FOUND')) return undefined;
  throw error;
}
