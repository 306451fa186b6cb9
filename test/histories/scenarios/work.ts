import { ApplicationFailure } from '@temporalio/common';
import { Context } from '@temporalio/activity';

import type { Graph } from '../../../src/graph';
import { run, workerWith } from '../activities-of-graphs';
import type { Scenario } from '../scenario';

const invoice: Graph = {
  name: 'invoice',
  version: 1,
  steps: [
    { key: 'read', label: 'Read', states: ['NEW', 'READING', 'UNREADABLE', 'READ'] },
    { key: 'post', label: 'Post', states: ['POSTING', 'ON_HOLD', 'POST_FAILED'] },
  ],
  transitions: {
    NEW: ['READING'],
    READING: ['READ', 'UNREADABLE'],
    UNREADABLE: ['READING'],
    READ: ['POSTING'],
    POSTING: ['POSTED', 'POST_FAILED', 'ON_HOLD'],
    POST_FAILED: ['POSTING'],
    ON_HOLD: ['POSTING'],
  },
  terminal: ['POSTED'],
  work: {
    READING: { ...run('read'), success: 'READ', failure: 'UNREADABLE' },
    POSTING: { ...run('post'), success: 'POSTED', failure: 'POST_FAILED', heartbeatTimeout: 'PT30S' },
  },
};

let reads = 0;
let posts = 0;

/** Work that fails, is run again and gives a result; and work that is left while it runs. */
const work: Scenario = {
  graphs: [invoice],
  worker: workerWith({
    read: () => {
      reads += 1;
      if (reads === 1) throw ApplicationFailure.nonRetryable('no text in it', 'BLANK');
      return Promise.resolve({ total: 120 });
    },
    post: async () => {
      posts += 1;
      if (posts === 1) await Context.current().cancelled;
      return 'posted';
    },
  }),
  async play({ intents, temporal, organizationId }) {
    const { id } = await intents.create({ organizationId, graph: 'invoice', title: 'work' });
    await intents.transition(id, { to: 'READING' });
    await intents.waitForState(id, 'UNREADABLE');
    await intents.transition(id, { to: 'READING' });
    await intents.waitForState(id, 'READ');
    await intents.transition(id, { to: 'POSTING' });
    await intents.transition(id, { to: 'ON_HOLD' });
    await intents.transition(id, { to: 'POSTING' });
    await temporal.workflow.getHandle(id).result();
    return id;
  },
};

export default work;
