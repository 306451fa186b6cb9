import type { History } from '../../../src/ops/replayer';
import type { WorkflowCode } from '../../histories/workflow-code';
import { replayRuns, type RunToReplay } from './replay-runs';

type Events = NonNullable<History['events']>;

/**
 * The events at which a replay goes another way, for people: `event 6, WORKFLOW_PROPERTIES_MODIFIED`. Temporal names the
 * event itself in most cases; else it is looked for, as the first workflow task up to which the history does not replay.
 */
export async function locateFailure(code: WorkflowCode, run: RunToReplay, error: string): Promise<string> {
  const events = run.history.events ?? [];
  const named = /HistoryEvent\(id: (\d+)/.exec(error)?.[1];
  if (named !== undefined) return describeEvents(events.filter(({ eventId }) => String(eventId) === named));
  const ends = taskEnds(events);
  // The first that fails: all before it replay, all after it do not.
  let [low, high] = [0, ends.length - 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const history = { events: events.slice(0, ends[middle]) };
    const replayed = await replayRuns(code, [{ ...run, history }]);
    if (replayed.get(run.name)?.error === undefined) low = middle + 1;
    else high = middle;
  }
  return describeEvents(events.slice(ends[low - 1] ?? 0, ends[low]));
}

/** After each workflow task: how many events there are, with those of its own commands. */
function taskEnds(events: Events): number[] {
  const starts = events.flatMap((event, index) =>
    event.workflowTaskScheduledEventAttributes ? [index] : [],
  );
  return [...starts.slice(1), events.length];
}

function describeEvents(events: Events): string {
  const [first, last] = [events[0], events.at(-1)].map((event) => String(event?.eventId));
  const types = [...new Set(events.map(({ eventType }) => String(eventType).replace('EVENT_TYPE_', '')))];
  const place = first === last ? `event ${first}` : `events ${first} to ${last}`;
  return `${place}, ${types.join(', ')}`;
}
