import type { Graph } from '../../../src/graph';
import { run, workerWith } from '../activities-of-graphs';
import type { Scenario } from '../scenario';

const dossier: Graph = {
  name: 'dossier',
  version: 1,
  steps: [{ key: 'all', label: 'All', states: ['NEW', 'SCANNING', 'SCANNED', 'REVIEW', 'UNDOING', 'STUCK'] }],
  transitions: {
    NEW: ['SCANNING'],
    SCANNING: ['SCANNED', 'STUCK'],
    SCANNED: ['REVIEW'],
    REVIEW: ['CLOSED', 'LAPSED'],
    UNDOING: ['CANCELLED', 'STUCK'],
    STUCK: ['SCANNING', 'UNDOING'],
  },
  terminal: ['CLOSED', 'LAPSED', 'CANCELLED'],
  work: { SCANNING: { ...run('scan'), success: 'SCANNED', failure: 'STUCK' } },
  undo: { SCANNED: run('shred') },
  cancellation: { through: 'UNDOING', failed: 'STUCK' },
  approvals: [{ from: 'REVIEW', to: 'CLOSED', count: 3, roles: ['clerk'], expireAfter: 'P3D' }],
  deadlines: {
    REVIEW: {
      after: 'P1M',
      timeZone: 'Europe/Amsterdam',
      to: 'LAPSED',
      reminders: [{ before: 'P1D', ...run('remind') }],
    },
  },
};

/** Continues as new in the middle of a stay: its clock, its votes, a result and what is to undo go along. */
const carried: Scenario = {
  graphs: [dossier],
  worker: workerWith({
    scan: () => Promise.resolve({ pages: 12 }),
    shred: () => Promise.resolve(),
    remind: () => Promise.resolve(),
  }),
  async play({ intents, temporal, organizationId }) {
    const { id } = await intents.create({ organizationId, graph: 'dossier', title: 'carried' });
    await intents.transition(id, { to: 'SCANNING' });
    await intents.waitForState(id, 'SCANNED');
    await intents.transition(id, { to: 'REVIEW' });
    await intents.approve(id, { to: 'CLOSED', actor: 'ada', role: 'clerk' });
    await intents.approve(id, { to: 'CLOSED', actor: 'bob', role: 'clerk' });
    const { runId: first } = await temporal.workflow.getHandle(id).describe();
    for (let runId = first; runId === first; { runId } = await temporal.workflow.getHandle(id).describe()) {
      const burst = Array.from({ length: 18 }, () => intents.requestTransition(id, { to: 'SCANNED' }));
      await Promise.all(burst);
      await intents.transition(id, { to: 'NEW' });
    }
    await intents.cancel(id, { actor: 'ada' });
    await temporal.workflow.getHandle(id).result();
    return id;
  },
};

export default carried;
