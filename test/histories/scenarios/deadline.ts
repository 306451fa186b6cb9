import type { Graph } from '../../../src/graph';
import { run, workerWith } from '../activities-of-graphs';
import type { Scenario } from '../scenario';

const reply: Graph = {
  name: 'reply',
  version: 1,
  steps: [
    { key: 'ask', label: 'Ask', states: ['ASKED', 'LATE'] },
    { key: 'promise', label: 'Promise', states: ['PROMISED'] },
  ],
  transitions: {
    ASKED: ['LATE', 'ANSWERED'],
    LATE: ['PROMISED', 'ANSWERED'],
    PROMISED: ['BROKEN', 'ANSWERED'],
  },
  terminal: ['ANSWERED', 'BROKEN'],
  deadlines: {
    ASKED: { after: 'PT2S', to: 'LATE', reminders: [{ before: 'PT1S', ...run('remind') }] },
    LATE: { after: 'P1M', to: 'ANSWERED', timeZone: 'Europe/Amsterdam' },
    PROMISED: { at: 'metadata.promised', to: 'BROKEN' },
  },
};

/** A reminder and a time that is over, a pause, a month in a time zone, and an absolute time. */
const deadline: Scenario = {
  graphs: [reply],
  worker: workerWith({ remind: () => Promise.resolve() }),
  async play({ intents, temporal, organizationId }) {
    const metadata = { promised: new Date(Date.now() + 8_000).toISOString() };
    const { id } = await intents.create({ organizationId, graph: 'reply', title: 'deadline', metadata });
    await intents.waitForState(id, 'LATE');
    await intents.pause(id, { actor: 'ada' });
    await intents.resume(id, { actor: 'ada' });
    await intents.transition(id, { to: 'PROMISED' });
    await temporal.workflow.getHandle(id).result();
    return id;
  },
};

export default deadline;
