import type { Graph } from '../../../src/graph';
import { eventually } from '../../setup/eventually';
import type { Scenario } from '../scenario';

const claim: Graph = {
  name: 'claim',
  version: 1,
  steps: [
    { key: 'draft', label: 'Draft', states: ['DRAFT'] },
    { key: 'review', label: 'Review', states: ['SUBMITTED'] },
  ],
  transitions: { DRAFT: ['SUBMITTED'], SUBMITTED: ['APPROVED', 'DRAFT'] },
  terminal: ['APPROVED'],
  approvals: [
    {
      from: 'SUBMITTED',
      to: 'APPROVED',
      count: 2,
      roles: ['administration', 'supervisor'],
      delegation: true,
      expireAfter: 'PT2S',
    },
  ],
  guards: [
    {
      name: 'receipt',
      from: 'DRAFT',
      to: 'SUBMITTED',
      when: 'has(request.metadata.receipt)',
      because: 'Attach the receipt.',
    },
  ],
};

/** A guard that refuses, a vote that expires, one that does not count, and the two that it takes. */
const approvals: Scenario = {
  graphs: [claim],
  async play({ intents, pool, temporal, organizationId }) {
    const { id } = await intents.create({ organizationId, graph: 'claim', createdBy: 'ada' });
    await intents.transition(id, { to: 'SUBMITTED', actor: 'ada' });
    await intents.transition(id, { to: 'SUBMITTED', actor: 'ada', metadata: { receipt: 17 } });
    const vote = { to: 'APPROVED', role: 'supervisor' };
    await intents.approve(id, { ...vote, actor: 'bob', reason: 'looks right' });
    await eventually(async () => {
      const { rows } = await pool.query(
        `SELECT FROM workflow_transition_votes WHERE workflow_id = $1 AND kind = 'expired'`,
        [id],
      );
      if (rows.length === 0) throw new Error('The vote still counts.');
    });
    await intents.approve(id, { ...vote, actor: 'ada' });
    await intents.transition(id, { to: 'APPROVED', actor: 'bob' });
    await intents.approve(id, { ...vote, actor: 'bob' });
    await intents.approve(id, { ...vote, actor: 'cleo', onBehalfOf: 'dan', role: 'administration' });
    await temporal.workflow.getHandle(id).result();
    return id;
  },
};

export default approvals;
