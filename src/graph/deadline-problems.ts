import type { DeadlineRule } from './deadline-rule';
import { hasFixedLength, isTimeZone, lengthRange } from './duration';
import { expressionProblem } from './expression-problem';
import type { GraphProblem } from './graph-problem';

/** Judges when a state is left by itself; where it leads is judged with the other rules. */
export function* deadlineProblems(state: string, rule: DeadlineRule): Generator<GraphProblem> {
  const path = `deadlines.${state}`;
  if ((rule.after === undefined) === (rule.at === undefined)) {
    const has = rule.after === undefined ? 'neither `after` nor `at`' : 'both `after` and `at`';
    const message = `The deadline of state ${state} has ${has}: give it exactly one of them.`;
    yield { code: 'AMBIGUOUS_DEADLINE', message, path };
  }
  yield* expressionProblem(rule.at, 'time', `${path}.at`);
  if (rule.timeZone !== undefined && !isTimeZone(rule.timeZone)) {
    const message = `\`${path}.timeZone\` is ${rule.timeZone}, which is no time zone: write it like Europe/Amsterdam or UTC.`;
    yield { code: 'UNKNOWN_TIME_ZONE', message, path: `${path}.timeZone` };
  }
  yield* reminderProblems(path, rule);
}

function* reminderProblems(path: string, { after, reminders = [] }: DeadlineRule): Generator<GraphProblem> {
  const seen = new Set<string | number>();
  for (const [i, { before }] of reminders.entries()) {
    const place = `${path}.reminders[${i}].before`;
    const time = hasFixedLength(before) ? lengthRange(before).shortest : before;
    if (seen.has(time)) {
      const message = `\`${place}\` is as long as that of an earlier reminder: change it, or remove one.`;
      yield { code: 'DUPLICATE_REMINDER', message, path: place };
    }
    seen.add(time);
    if (after !== undefined && lengthRange(before).shortest >= lengthRange(after).longest) {
      const message = `\`${place}\` is ${before}, which must be shorter than the deadline's ${after}.`;
      yield { code: 'REMINDER_TOO_EARLY', message, path: place };
    }
  }
}
