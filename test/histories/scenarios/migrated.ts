import type { Graph } from '../../../src/graph';
import { run, workerWith } from '../activities-of-graphs';
import type { Scenario } from '../scenario';

const version = (
  number: number,
  { count, after }: { count: number; after: string },
  waiting: string,
): Graph => ({
  name: 'permit',
  version: number,
  steps: [{ key: 'review', label: 'Review', states: ['NEW', 'REVIEW', waiting] }],
  transitions: { NEW: ['REVIEW', waiting], REVIEW: ['GRANTED', 'LAPSED'], [waiting]: ['REVIEW'] },
  terminal: ['GRANTED', 'LAPSED'],
  approvals: [{ from: 'REVIEW', to: 'GRANTED', count, roles: ['clerk'], expireAfter: 'P3D' }],
  deadlines: { REVIEW: { after, to: 'LAPSED', reminders: [{ before: 'P1D', ...run('remind') }] } },
});

/** Moved to other versions of its graph: with a state that has another name, with an open vote and a clock. */
const migrated: Scenario = {
  graphs: [
    version(1, { count: 3, after: 'P14D' }, 'WAITING'),
    version(2, { count: 3, after: 'P14D' }, 'ON_HOLD'),
    version(3, { count: 2, after: 'P21D' }, 'ON_HOLD'),
  ],
  worker: workerWith({ remind: () => Promise.resolve() }),
  async play({ intents, temporal, organizationId }) {
    const { id } = await intents.create({ organizationId, graph: 'permit@1', title: 'migrated' });
    await intents.transition(id, { to: 'WAITING' });
    await intents.migrate(id, { graph: 'permit@2' });
    await intents.migrate(id, { graph: 'permit@2', map: { WAITING: 'ON_HOLD' }, actor: 'ada' });
    await intents.transition(id, { to: 'REVIEW' });
    await intents.approve(id, { to: 'GRANTED', actor: 'bob', role: 'clerk' });
    await intents.migrate(id, { graph: 'permit@3', actor: 'ada' });
    await intents.migrate(id, { graph: 'permit@9', actor: 'ada' });
    await intents.approve(id, { to: 'GRANTED', actor: 'cleo', role: 'clerk' });
    await temporal.workflow.getHandle(id).result();
    return id;
  },
};

export default migrated;
