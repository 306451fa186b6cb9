import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  makeContinueAsNewFunc,
  setDefaultSignalHandler,
  setHandler,
  workflowInfo,
  type WorkflowInfo,
} from '@temporalio/workflow';

import { isTerminal } from '../graph';
import {
  describeIntent,
  LIMITS,
  restoreState,
  unreadable,
  type EngineMove,
  type Intent,
  type IntentInput,
  type Outcome,
  type Reopening,
} from '../intent';
import { FAILURE_TYPES } from './activities';
import { auditSink } from './audit-sink';
import { carryOver, type CarriedIntent } from './carry-over';
import { checkStart } from './check-start';
import { createIntent } from './create';
import { Drive } from './drive';
import { Inbox } from './inbox';
import { judge } from './judge';
import { isReopening, takeUpIntent } from './reopen';
import { GraphLoader } from './load-graph';
import { WORKFLOW_LIMITS } from './limits';
import {
  awaitOutcomeUpdate,
  childEndedSignal,
  describeQuery,
  outcomeQuery,
  requestTransitionSignal,
} from './messages';
import { countTransition } from './metrics';
import { Recorder, type Recorded } from './record';
import { Visibility } from './visibility';

/** Result of the workflow of an intent that has ended. */
export interface IntentResult {
  id: string;
  state: string;
  sequence: number;
  auditHash: string | null;
}

/**
 * One intent. Requests come by signal and are judged in their order; outcomes go to Postgres; the workflow ends
 * when the intent reaches a terminal state.
 *
 * @param carried what an earlier run of the same intent knew; never given by whoever starts an intent
 */
export async function intentWorkflow(
  input: IntentInput | Reopening,
  carried?: CarriedIntent,
): Promise<IntentResult> {
  const inbox = new Inbox();
  let known: { intent: Intent; recorded: Recorded; drive: Drive } | undefined;
  let leaving = false;
  let farewell = false;

  // Handlers come before the first await: messages that arrive with the first task must find them.
  setHandler(requestTransitionSignal, (payload) => inbox.put({ from: 'signal', payload }));
  setHandler(childEndedSignal, () => known?.drive.hint());
  setDefaultSignalHandler((name) =>
    inbox.put({
      from: 'signal',
      payload: unreadable(`signal: ${name} is not known; send ${requestTransitionSignal.name}`),
    }),
  );
  setHandler(describeQuery, () => {
    const { intent, recorded, drive } = known ?? notCreatedYet();
    return describeIntent(intent, recorded, drive);
  });
  setHandler(outcomeQuery, (requestId) => findOutcome(requestId) ?? null);
  setHandler(
    awaitOutcomeUpdate,
    async (requestId) => {
      await condition(() => leaving || findOutcome(requestId) !== undefined);
      return findOutcome(requestId) ?? outcomePending(requestId);
    },
    { validator: checkRequestId },
  );
  CancellationScope.current().cancelRequested.catch(() => inbox.put({ from: 'cancellation' }));

  function findOutcome(requestId: string): Outcome | undefined {
    if (known === undefined) return undefined;
    const { intent, recorded } = known;
    return intent.outcomes.find(requestId, {
      sequence: recorded.recordedSequence,
      rejections: recorded.recordedRejections,
      votes: recorded.recordedVotes ?? 0,
    });
  }

  // Cancellation is a request like any other; nothing of the engine itself is cancelled by it.
  return CancellationScope.nonCancellable(async () => {
    checkStart(carried);
    const { intent, recorded, input: ownInput } = await begin(input, carried);
    const tell = {
      move: (move: EngineMove) => inbox.put({ from: 'graph', move }),
      expired: (expired: number) => inbox.put({ from: 'graph', expired }),
      changed: () => visibility.refresh(),
    };
    const drive = new Drive(intent, recorded, tell, carried?.stay);
    known = { intent, recorded, drive };
    const visibility = new Visibility(intent, recorded, drive, carried?.state);
    if (carried === undefined) visibility.introduce();

    const recorder = new Recorder(intent, recorded);
    // What was carried is in this run's history, whatever caused it.
    for (const decision of carried?.unrecorded ?? []) recorder.add(decision, 'signals');

    const graphs = new GraphLoader(intent, (message) => inbox.put(message));
    inbox.open((message) => {
      const { decision, cause } = judge(intent, message, recorder.refusal);
      if (decision !== undefined) recorder.add(decision, cause);
      if (decision?.status === 'applied') countTransition();
      drive.follow();
      graphs.follow();
    });
    // What a run before has left waiting.
    graphs.follow();

    const ended = () =>
      isTerminal(intent.graph, intent.state) && recorder.allRecorded && intent.migration === undefined;
    const mayLeave = () => !drive.busy || workflowInfo().historyLength > WORKFLOW_LIMITS.historyEventsAtMost;
    const historyIsLong = () =>
      isLong(workflowInfo(), intent) && mayLeave() && recorder.carriable !== undefined;
    // Requests that change nothing, repeated ones say, make a history long as well: a run takes 10,000 signals at most, and
    // whoever replays 4,096 events, where Temporal would suggest it, may need the 10 s of a workflow task for it.
    const overdue = () => {
      const { continueAsNewSuggested, historyLength } = workflowInfo();
      return (
        (continueAsNewSuggested || historyLength > WORKFLOW_LIMITS.historyEventsUndecided) && historyIsLong()
      );
    };

    for (;;) {
      drive.follow();
      visibility.refresh();
      await condition(() => recorder.pending || ended() || overdue());
      // Reopened meanwhile, it ends once more.
      if (!ended()) farewell = false;
      if (!ended() && !historyIsLong()) {
        await recorder.recordNext(historyIsLong);
        continue;
      }

      leaving = true;
      await condition(allHandlersFinished);
      if (ended() && !farewell) {
        farewell = true;
        await drive.parted;
        await tellParent();
      }
      leaving = false;
      // Requests may have come meanwhile: they are answered first.
      if (ended()) {
        return {
          id: intent.id,
          state: intent.state,
          sequence: intent.sequence,
          auditHash: recorded.auditHash,
        };
      }
      // What was just decided is carried, and the next run records it. Recorded before, its sender could answer
      // it with the next request while this task is still open: the server then refuses the command, and the
      // worker has to replay the whole history.
      const unrecorded = recorder.carriable;
      if (unrecorded !== undefined && mayLeave()) {
        await inNextRun(ownInput, carryOver(intent, recorded, unrecorded, drive.toCarried()));
      }
    }
  });
}

/** The intent of this run: a new one, one that has ended, or what the run before has handed over. */
async function begin(
  input: IntentInput | Reopening,
  carried: CarriedIntent | undefined,
): Promise<{ intent: Intent; recorded: Recorded; input: IntentInput }> {
  if (isReopening(input)) return takeUpIntent(input);
  if (carried === undefined) return { ...(await createIntent(input)), input };
  const { recorded } = carried;
  auditSink().continued({ ...recorded });
  return { intent: restoreState(workflowInfo().workflowId, carried, input), recorded, input };
}

/** Unlike search attributes, a memo that was upserted does not stay by itself. */
function inNextRun(input: IntentInput, carried: CarriedIntent): Promise<never> {
  const { memo } = workflowInfo();
  return makeContinueAsNewFunc<typeof intentWorkflow>({ ...(memo !== undefined && { memo }) })(
    input,
    carried,
  );
}

/** A parent looks by itself as well, if later, so it does not matter whether it is still there to be told. */
async function tellParent(): Promise<void> {
  const { parent } = workflowInfo();
  if (parent === undefined) return;
  await getExternalWorkflowHandle(parent.workflowId)
    .signal(childEndedSignal)
    .catch(() => undefined);
}

/**
 * Whether the next decision belongs into a new run. A long history costs every worker that has to replay it, some
 * 2 ms an event on a busy machine, of the 10 s that a workflow task may take; but what is carried makes a history
 * long as well, so it stays a small part.
 */
function isLong(
  { continueAsNewSuggested, historyLength, historySize }: WorkflowInfo,
  intent: Intent,
): boolean {
  return (
    continueAsNewSuggested ||
    (historyLength > WORKFLOW_LIMITS.historyEvents &&
      historySize > WORKFLOW_LIMITS.historyPerCarriedByte * intent.outcomes.carriedBytes)
  );
}

function notCreatedYet(): never {
  throw ApplicationFailure.retryable(
    'The creation of this intent is not recorded yet.',
    FAILURE_TYPES.notCreatedYet,
  );
}

function outcomePending(requestId: string): never {
  throw ApplicationFailure.nonRetryable(
    `The outcome of ${requestId} is not known in this run; ask again.`,
    FAILURE_TYPES.outcomePending,
  );
}

function checkRequestId(requestId: unknown): void {
  // An Update that is accepted is in history for good.
  if (typeof requestId !== 'string' || requestId === '' || requestId.length > LIMITS.requestIdLength) {
    throw ApplicationFailure.nonRetryable(
      `requestId: must be a string of 1 to ${LIMITS.requestIdLength} characters`,
      FAILURE_TYPES.invalidInput,
    );
  }
}
