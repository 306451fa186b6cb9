import { ApplicationFailure, Context } from '@temporalio/activity';

import type { DeadlineRule, Graph } from '../../src/graph';
import type { Metadata } from '../../src/intent';
import { Replayer } from '../../src/ops/replayer';
import { brokenLinks } from '../setup/audit-checks';
import { eventually } from '../setup/eventually';
import { fromEnvironment, ORGANIZATION } from '../setup/intent-environment';
import {
  createTimeSkippingEnvironment,
  type TimeSkippingEnvironment,
} from '../setup/time-skipping-environment';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The clock of the server goes on while a busy machine works: what must be equal to the minute is a little later. */
const SLACK = 30 * MINUTE;

const REMINDERS = 'reminders';
const reminder = (before: string, activity = 'remind') => ({ before, activity, taskQueue: REMINDERS });

/** A review that is late when its time is over. */
function review(name: string, deadline: Omit<DeadlineRule, 'to'>): Graph {
  return {
    name,
    version: 1,
    steps: [
      { key: 'draft', label: 'Draft', states: ['DRAFT'] },
      { key: 'review', label: 'Review', states: ['REVIEW', 'HELD', 'LATE'] },
    ],
    transitions: {
      DRAFT: ['REVIEW'],
      REVIEW: ['REVIEW', 'HELD', 'LATE', 'DONE'],
      HELD: ['REVIEW', 'DONE'],
      LATE: ['DONE'],
    },
    terminal: ['DONE'],
    deadlines: { REVIEW: { ...deadline, to: 'LATE' } },
  };
}

const AMSTERDAM = 'Europe/Amsterdam';
const GRAPHS = [
  review('fortnight', { after: 'P14D' }),
  review('day-utc', { after: 'P1D' }),
  review('day-amsterdam', { after: 'P1D', timeZone: AMSTERDAM }),
  review('month-utc', { after: 'P1M' }),
  review('month-amsterdam', { after: 'P1M', timeZone: AMSTERDAM }),
  review('decade', { after: 'P10Y' }),
  // Not in the order of time.
  review('reminded', { after: 'P30D', reminders: [reminder('P1D'), reminder('P7D')] }),
  review('badly-reminded', { after: 'P30D', reminders: [reminder('P7D', 'fail'), reminder('P1D')] }),
  review('at', { at: 'metadata.publishAt', reminders: [reminder('P1D')] }),
];

interface Reminded {
  intentId: string;
  idempotencyKey: string;
  dueAt: string;
  at: number;
}

let environment: TimeSkippingEnvironment;
const reminded: Reminded[] = [];
const intentIds: string[] = [];

beforeAll(async () => {
  environment = await createTimeSkippingEnvironment('deadlines', GRAPHS);
  await environment.startWorker();
  await environment.startActivities(REMINDERS, {
    remind: (order: Reminded) => {
      reminded.push({ ...order, at: Context.current().info.currentAttemptScheduledTimestampMs });
      return Promise.resolve();
    },
    fail: () => Promise.reject(ApplicationFailure.nonRetryable('nobody reads this')),
  });
});
afterAll(() => environment.close());

/** An intent in REVIEW, and when it came there. */
async function inReview(graph: string, metadata?: Metadata): Promise<{ id: string; since: number }> {
  const { intents } = environment;
  const { id } = await intents.create({
    organizationId: ORGANIZATION,
    graph,
    ...(metadata !== undefined && { metadata }),
  });
  intentIds.push(id);
  return { id, since: await move(id, 'REVIEW') };
}

async function move(id: string, to: string): Promise<number> {
  const outcome = await environment.intents.transition(id, { to });
  if (outcome.status !== 'applied') throw new Error(`${outcome.code}: ${outcome.message}`);
  return Date.parse(outcome.transitionedAt);
}

/** When it is due, once that is counted. */
async function dueAt(id: string): Promise<number> {
  return eventually(async () => {
    const { deadline } = await environment.intents.describe(id);
    expect(deadline).not.toBeNull();
    return Date.parse(deadline ?? '');
  });
}

/** Every move, with the milliseconds since the one before. */
async function moves(id: string) {
  const history = await environment.intents.history(id);
  return history.map(({ kind, previousState, newState, requestId, transitionedAt }, index) => ({
    kind,
    requestId,
    from: previousState,
    to: newState,
    after: transitionedAt.getTime() - (history[index - 1]?.transitionedAt ?? transitionedAt).getTime(),
  }));
}

function expectAbout(measured: number, exact: number): void {
  expect(measured).toBeGreaterThanOrEqual(exact);
  expect(measured).toBeLessThan(exact + SLACK);
}

const remindersOf = (id: string) => reminded.filter(({ intentId }) => intentId === id);

async function expectLate(id: string): Promise<void> {
  await environment.intents.waitForState(id, 'LATE', { timeoutMs: 45_000 });
}

async function expectStill(id: string, state: string): Promise<void> {
  expect(await environment.intents.describe(id)).toMatchObject({ state, mirrorLag: 0 });
}

describe('a duration', () => {
  test('after 14 days the intent moves on, and its row says that time was over', async () => {
    const { server, pool, intents } = environment;
    const { id, since } = await inReview('fortnight');
    expectAbout((await dueAt(id)) - since, 14 * DAY);
    await server.sleep('13 days');
    await expectStill(id, 'REVIEW');
    await server.sleep('25 hours');
    await expectLate(id);

    const [, , late] = await moves(id);
    expect(late).toMatchObject({
      kind: 'deadline',
      requestId: 'engine:deadline:2',
      from: 'REVIEW',
      to: 'LATE',
    });
    expectAbout(late?.after ?? 0, 14 * DAY);
    const [, , row] = await intents.history(id);
    expect(row).toMatchObject({ actor: null, reason: expect.stringContaining('Due since 2') as string });
    expect(await intents.describe(id)).toMatchObject({ deadline: null, sequence: 3, mirrorLag: 0 });
    expect(await brokenLinks(pool, id)).toEqual([]);
  });

  test('when the intent has left before, nothing comes of it', async () => {
    const { server } = environment;
    const { id } = await inReview('fortnight');
    await server.sleep('13 days');
    await move(id, 'HELD');
    await server.sleep('60 days');
    await expectStill(id, 'HELD');
    expect(await moves(id)).toHaveLength(3);
  });

  test('entering the state again starts the clock anew', async () => {
    const { server } = environment;
    const { id } = await inReview('fortnight');
    await server.sleep('10 days');
    const again = await move(id, 'REVIEW');
    expectAbout((await dueAt(id)) - again, 14 * DAY);
    await server.sleep('13 days');
    await expectStill(id, 'REVIEW');
    await server.sleep('25 hours');
    await expectLate(id);
    const rows = await moves(id);
    expect(rows.map(({ kind }) => kind)).toEqual(['transition', 'transition', 'transition', 'deadline']);
    expect(rows[3]?.requestId).toBe('engine:deadline:3');
    expectAbout(rows[3]?.after ?? 0, 14 * DAY);
  });

  test('ten years are waited for by timers of a year at most', async () => {
    const { server } = environment;
    const { id, since } = await inReview('decade');
    const due = await dueAt(id);
    expect(new Date(due).getUTCFullYear() - new Date(since).getUTCFullYear()).toBe(10);
    await server.sleep('400 days');
    const events = await environment.eventsOf(id);
    const timers = events.flatMap(({ timerStartedEventAttributes }) =>
      Number(timerStartedEventAttributes?.startToFireTimeout?.seconds ?? []),
    );
    expect(timers.filter((seconds) => seconds > 0).length).toBeGreaterThan(1);
    expect(Math.max(...timers.filter((seconds) => seconds > 0)) * 1000).toBeLessThanOrEqual(365 * DAY);
    await expectStill(id, 'REVIEW');
    expect(await dueAt(id)).toBe(due);
    await move(id, 'DONE');
  });

  test('what was imported with times long gone begins its time now', async () => {
    const { server, intents, now } = environment;
    const { id } = await intents.create({
      organizationId: ORGANIZATION,
      graph: 'fortnight',
      occurredAt: '2019-01-01T00:00:00Z',
    });
    await intents.transition(id, { to: 'REVIEW', occurredAt: '2019-02-01T00:00:00Z' });
    const imported = await now();
    expect(Math.abs((await dueAt(id)) - imported - 14 * DAY)).toBeLessThan(SLACK);
    await server.sleep('13 days');
    await expectStill(id, 'REVIEW');
    await server.sleep('25 hours');
    await expectLate(id);
    const [, , late] = await intents.history(id);
    expect(Math.abs((late?.transitionedAt.getTime() ?? 0) - imported - 14 * DAY)).toBeLessThan(SLACK);
  });
});

describe('on the calendar', () => {
  /** What was counted outside of the workflow, as its history keeps it for every replay. */
  async function markers(id: string): Promise<string[]> {
    const events = await environment.eventsOf(id);
    return events
      .flatMap(({ markerRecordedEventAttributes: marker }) => Object.values(marker?.details ?? {}))
      .flatMap(({ payloads }) => payloads ?? [])
      .map(({ data }) => Buffer.from(data ?? []).toString())
      .filter((text) => text.includes('"dueAt"'));
  }

  /** When the clocks of Europe change next: at one o'clock UTC on the last Sunday of a month. */
  function nextChange(after: number, month: 'March' | 'October'): number {
    const index = month === 'March' ? 2 : 9;
    const year = new Date(after).getUTCFullYear();
    const instants = [year, year + 1].map((each) => {
      const last = new Date(Date.UTC(each, index + 1, 0, 1));
      return last.getTime() - last.getUTCDay() * DAY;
    });
    return instants.find((instant) => instant > after + 2 * DAY) ?? NaN;
  }

  test.each([
    { month: 'March' as const, day: 23 * HOUR, shift: -HOUR },
    { month: 'October' as const, day: 25 * HOUR, shift: HOUR },
  ])('over the change in $month a day in Amsterdam has $day ms', async ({ month, day, shift }) => {
    const { now, skipTo } = environment;
    // Noon of the day before, so that neither a day nor a month ends near the change.
    const noon = nextChange(await now(), month) - 13 * HOUR;
    await skipTo(noon);
    const started = await Promise.all(
      ['day-utc', 'day-amsterdam', 'month-utc', 'month-amsterdam'].map((graph) => inReview(graph)),
    );
    const monthLater = (since: number) => {
      const date = new Date(since);
      return date.setUTCMonth(date.getUTCMonth() + 1);
    };
    const length = [
      () => DAY,
      () => day,
      (since: number) => monthLater(since) - since,
      (since: number) => monthLater(since) - since + shift,
    ];
    for (const [index, { id, since }] of started.entries()) {
      expectAbout((await dueAt(id)) - since, length[index]?.(since) ?? NaN);
    }
    const counted = await Promise.all(started.map(({ id }) => markers(id)));
    expect(counted.map(({ length: recorded }) => recorded)).toEqual([0, 1, 0, 1]);
    await skipTo(noon + 32 * DAY);
    for (const [index, { id, since }] of started.entries()) {
      await expectLate(id);
      expectAbout((await moves(id))[2]?.after ?? 0, length[index]?.(since) ?? NaN);
    }
  });
});

describe('reminders', () => {
  test('come before, in order of time, each once, and say when the intent is due', async () => {
    const { server } = environment;
    const { id } = await inReview('reminded');
    const due = await dueAt(id);
    await server.sleep('31 days');
    await expectLate(id);
    expect(remindersOf(id)).toMatchObject([
      { idempotencyKey: `${id}:reminder:2:P7D`, dueAt: new Date(due).toISOString() },
      { idempotencyKey: `${id}:reminder:2:P1D`, dueAt: new Date(due).toISOString() },
    ]);
    const [week, day] = remindersOf(id);
    expectAbout(week?.at ?? 0, due - 7 * DAY);
    expectAbout(day?.at ?? 0, due - DAY);
  });

  test('one that fails keeps nothing from coming', async () => {
    const { server } = environment;
    const { id } = await inReview('badly-reminded');
    await server.sleep('31 days');
    await expectLate(id);
    expect(remindersOf(id)).toMatchObject([{ idempotencyKey: `${id}:reminder:2:P1D` }]);
    const events = await environment.eventsOf(id);
    const failed = events.flatMap(
      ({ activityTaskFailedEventAttributes }) => activityTaskFailedEventAttributes ?? [],
    );
    expect(failed).toMatchObject([{ failure: { message: 'nobody reads this' } }]);
    expectAbout((await moves(id))[2]?.after ?? 0, 30 * DAY);
  });

  test('do not come once the intent has left', async () => {
    const { server } = environment;
    const { id } = await inReview('reminded');
    await server.sleep('24 days');
    await eventually(() => expect(remindersOf(id)).toHaveLength(1));
    await move(id, 'DONE');
    await server.sleep('30 days');
    expect(remindersOf(id)).toHaveLength(1);
  });
});

describe('an absolute time', () => {
  const inDays = async (days: number) => new Date((await environment.now()) + days * DAY).toISOString();

  test('that is to come is waited for; a reminder that would have been before is left out', async () => {
    const { server } = environment;
    const publishAt = await inDays(0.5);
    const { id } = await inReview('at', { publishAt });
    expect(await dueAt(id)).toBe(Date.parse(publishAt));
    await server.sleep('11 hours');
    await expectStill(id, 'REVIEW');
    await server.sleep('2 hours');
    await expectLate(id);
    const [, , late] = await environment.intents.history(id);
    expectAbout(late?.transitionedAt.getTime() ?? 0, Date.parse(publishAt));
    expect(remindersOf(id)).toEqual([]);
  });

  test('with another offset is the same instant', async () => {
    const { id } = await inReview('at', { publishAt: '2099-01-01T00:00:00+02:00' });
    expect(await dueAt(id)).toBe(Date.parse('2098-12-31T22:00:00Z'));
    await move(id, 'DONE');
  });

  test('that has passed moves the intent on at once', async () => {
    const { id } = await inReview('at', { publishAt: await inDays(-400) });
    await expectLate(id);
    expect((await moves(id))[2]).toMatchObject({ kind: 'deadline' });
    expect(remindersOf(id)).toEqual([]);
  });

  test.each([
    ['is missing', {}, 'there is no `metadata.publishAt`'],
    ['is no time', { publishAt: 'soon' }, 'must be an ISO 8601 date and time with an offset'],
    // The machine of whichever worker reads it would decide when that is.
    [
      'has no offset',
      { publishAt: '2027-05-01T12:00:00' },
      'must be an ISO 8601 date and time with an offset',
    ],
    ['is no text', { publishAt: 17 }, 'publishAt'],
  ])('that %s leaves the intent where it is, and people move it', async (_what, metadata, why) => {
    const { server, intents } = environment;
    const { id } = await inReview('at', metadata);
    const description = await eventually(async () => {
      const current = await intents.describe(id);
      expect(current.problem).not.toBeNull();
      return current;
    });
    expect(description).toMatchObject({ state: 'REVIEW', deadline: null });
    expect(description.problem).toContain('The deadline of REVIEW is unknown');
    expect(description.problem).toContain(why);
    await server.sleep('40 days');
    await expectStill(id, 'REVIEW');
    await move(id, 'HELD');
    expect(await intents.describe(id)).toMatchObject({ problem: null });
  });
});

describe('pause and resume', () => {
  test('months of a pause do not count: what was left is left', async () => {
    const { intents, server } = environment;
    const { id } = await inReview('fortnight');
    await server.sleep('4 days');
    expect(await intents.pause(id, { actor: 'ada', reason: 'the customer is away' })).toMatchObject({
      status: 'applied',
      previousState: 'REVIEW',
      newState: 'REVIEW',
    });
    expect(await intents.describe(id)).toMatchObject({ paused: true, deadline: null });
    expect(await intents.pause(id)).toMatchObject({ status: 'rejected', code: 'ALREADY_IN_STATE' });
    await server.sleep('100 days');
    await expectStill(id, 'REVIEW');
    expect(await intents.resume(id)).toMatchObject({ status: 'applied', newState: 'REVIEW' });
    expect(await intents.resume(id)).toMatchObject({ status: 'rejected', code: 'ALREADY_IN_STATE' });
    expect(await intents.describe(id)).toMatchObject({ paused: false });

    await server.sleep('9 days');
    await expectStill(id, 'REVIEW');
    await server.sleep('25 hours');
    await expectLate(id);
    const rows = await moves(id);
    expect(rows.map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ['transition', null, 'DRAFT'],
      ['transition', 'DRAFT', 'REVIEW'],
      ['pause', 'REVIEW', 'REVIEW'],
      ['resume', 'REVIEW', 'REVIEW'],
      ['deadline', 'REVIEW', 'LATE'],
    ]);
    expect(rows[4]?.requestId).toBe('engine:deadline:2');
    expectAbout((rows[2]?.after ?? 0) + (rows[4]?.after ?? 0), 14 * DAY);
    expect(await brokenLinks(environment.pool, id)).toEqual([]);
  });

  test('reminders are put off with the deadline', async () => {
    const { intents, server } = environment;
    const { id } = await inReview('reminded');
    await server.sleep('20 days');
    await intents.pause(id);
    await server.sleep('100 days');
    expect(remindersOf(id)).toEqual([]);
    await intents.resume(id);
    const due = await dueAt(id);
    await server.sleep('11 days');
    await expectLate(id);
    expect(remindersOf(id).map(({ dueAt: told }) => Date.parse(told))).toEqual([due, due]);
    const [week, day] = remindersOf(id);
    expectAbout(week?.at ?? 0, due - 7 * DAY);
    expectAbout(day?.at ?? 0, due - DAY);
  });

  test('a reminder of an absolute time that came due during a pause comes when the intent is resumed', async () => {
    const { intents, server, now } = environment;
    const publishAt = new Date((await now()) + 30 * DAY).toISOString();
    const { id } = await inReview('at', { publishAt });
    await intents.pause(id);
    await server.sleep('29.5 days');
    expect(remindersOf(id)).toEqual([]);
    await intents.resume(id);
    await eventually(() => expect(remindersOf(id)).toMatchObject([{ dueAt: publishAt }]));
    await server.sleep('13 hours');
    await expectLate(id);
    expect(remindersOf(id)).toHaveLength(1);
  });

  test('a paused intent that moves stays paused: the clock of its next state stands from the start', async () => {
    const { intents, server } = environment;
    const { id } = await intents.create({ organizationId: ORGANIZATION, graph: 'fortnight' });
    await intents.pause(id);
    await move(id, 'REVIEW');
    expect(await intents.describe(id)).toMatchObject({ paused: true, deadline: null });
    await server.sleep('60 days');
    await expectStill(id, 'REVIEW');
    await intents.resume(id);
    await server.sleep('13 days');
    await expectStill(id, 'REVIEW');
    await server.sleep('25 hours');
    await expectLate(id);
  });

  test('an absolute time passes during a pause, and is heeded when the intent is resumed', async () => {
    const { intents, server, now } = environment;
    const publishAt = new Date((await now()) + 10 * DAY).toISOString();
    const { id } = await inReview('at', { publishAt });
    await intents.pause(id);
    await server.sleep('30 days');
    await expectStill(id, 'REVIEW');
    await intents.resume(id);
    await expectLate(id);
    const rows = await moves(id);
    expect(rows.map(({ kind }) => kind)).toEqual(['transition', 'transition', 'pause', 'resume', 'deadline']);
    expect(rows[4]?.after).toBeLessThan(SLACK);
    // They would be about a time that has passed.
    expect(remindersOf(id)).toEqual([]);
  });
});

describe('over continue-as-new', () => {
  /** Sends requests that change nothing, until the intent goes on in a new run. */
  async function intoNewRun(id: string): Promise<void> {
    const { intents, server } = environment;
    const run = async () => (await server.client.workflow.getHandle(id).describe()).runId;
    const before = await run();
    for (let batch = 1; (await run()) === before; batch += 1) {
      expect(batch).toBeLessThan(30);
      await Promise.all(Array.from({ length: 50 }, () => intents.requestTransition(id, { to: 'NOWHERE' })));
      const last = await intents.transition(id, { to: 'NOWHERE' }, { timeoutMs: 60_000 });
      expect(last).toMatchObject({ code: 'UNKNOWN_STATE' });
    }
  }

  test('deadline and reminders keep their times and come once', async () => {
    const { server } = environment;
    const { id } = await inReview('reminded');
    const due = await dueAt(id);
    await intoNewRun(id);
    expect(await dueAt(id)).toBe(due);
    await server.sleep('24 days');
    await eventually(() => expect(remindersOf(id)).toHaveLength(1));
    await intoNewRun(id);
    expect(await dueAt(id)).toBe(due);
    await server.sleep('7 days');
    await expectLate(id);
    expect(remindersOf(id)).toMatchObject([
      { idempotencyKey: `${id}:reminder:2:P7D` },
      { idempotencyKey: `${id}:reminder:2:P1D` },
    ]);
    const rows = await moves(id);
    expect(rows).toHaveLength(3);
    expectAbout(rows[2]?.after ?? 0, 30 * DAY);
    expect(await brokenLinks(environment.pool, id)).toEqual([]);
  }, 180_000);

  test('a clock that stands still stands still in the next run too, and in a time zone', async () => {
    const { intents, server } = environment;
    const { id } = await inReview('month-amsterdam');
    const due = await dueAt(id);
    await server.sleep('4 days');
    await intents.pause(id);
    await intoNewRun(id);
    expect(await intents.describe(id)).toMatchObject({ state: 'REVIEW', paused: true, deadline: null });
    await server.sleep('60 days');
    await expectStill(id, 'REVIEW');
    await intents.resume(id);
    const [, , , resumed] = await moves(id);
    expect(resumed?.kind).toBe('resume');
    expect(Math.abs((await dueAt(id)) - due - (resumed?.after ?? 0))).toBeLessThan(MINUTE);
    await server.sleep('32 days');
    await expectLate(id);
  }, 180_000);
});

test('what happened by the clock is replayed to the row', async () => {
  const replayer = await Replayer.start({ codePath: fromEnvironment('TEST_WORKFLOW_BUNDLE') });
  try {
    expect(intentIds.length).toBeGreaterThan(20);
    const kinds = new Set<string>();
    for (const id of intentIds) {
      const { transitions, error } = await replayer.replay(id, { events: await environment.eventsOf(id) });
      expect(error).toBeUndefined();
      const rows = await environment.intents.history(id);
      for (const {
        sequence,
        kind = 'transition',
        newState,
        reason = null,
        hash,
        transitionedAt,
      } of transitions) {
        kinds.add(kind);
        const row = rows[sequence - 1];
        expect(row).toMatchObject({ kind, newState, reason, hash });
        expect(row?.transitionedAt.toISOString()).toBe(transitionedAt);
      }
    }
    expect([...kinds].toSorted()).toEqual(['deadline', 'pause', 'resume', 'transition']);
  } finally {
    await replayer.close();
  }
}, 120_000);
