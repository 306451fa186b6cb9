import { defineGraph, type ApprovalRule } from '../../src/graph';

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
