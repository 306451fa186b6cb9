import { createPool } from '../../src/database/pool';
import { registerGraph } from '../../src/database/register-graph';
import { defineGraph, type ApprovalRule } from '../../src/graph';
import type { TestDatabase } from './database';

/** A claim that people approve: two of three roles, unless told otherwise. */
export const claimGraph = (approval: Partial<ApprovalRule<'SUBMITTED' | 'APPROVED'>> = {}, version = 1) =>
  defineGraph({
    name: 'claim',
    version,
    steps: [
      { key: 'draft', label: 'Draft', states: ['DRAFT'] },
      { key: 'review', label: 'Review', states: ['SUBMITTED'] },
      { key: 'payment', label: 'Payment', states: ['APPROVED'] },
    ],
    transitions: { DRAFT: ['SUBMITTED'], SUBMITTED: ['APPROVED', 'DRAFT', 'REFUSED'], APPROVED: ['PAID'] },
    terminal: ['PAID', 'REFUSED'],
    approvals: [
      {
        from: 'SUBMITTED',
        to: 'APPROVED',
        count: 2,
        roles: ['administration', 'budget owner', 'supervisor'],
        ...approval,
      },
    ],
  });

/** Registers graphs as the owner. */
export async function registerGraphs(
  database: TestDatabase,
  ...graphs: ReturnType<typeof claimGraph>[]
): Promise<void> {
  const owner = createPool({ databaseUrl: database.ownerUrl, applicationName: 'test', max: 1 });
  try {
    for (const graph of graphs) await registerGraph(owner, graph);
  } finally {
    await owner.end();
  }
}
