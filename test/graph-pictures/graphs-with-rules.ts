import type { Graph } from '../../src/graph';

/** An expense with rules of every kind, as far as pictures read them. */
export const expense = {
  name: 'expense',
  version: 1,
  steps: [
    { key: 'draft', label: 'Draft', states: ['DRAFT'] },
    { key: 'review', label: 'Review', states: ['SUBMITTED', 'APPROVED'] },
    { key: 'payment', label: 'Payment', states: ['PAYING', 'PAYMENT_FAILED'] },
    { key: 'cancellation', label: 'Cancellation', states: ['CANCELLING', 'CANCEL_FAILED'] },
  ],
  transitions: {
    DRAFT: ['SUBMITTED', 'CANCELLING'],
    SUBMITTED: ['APPROVED', 'CANCELLING'],
    APPROVED: ['PAYING', 'CANCELLING'],
    PAYING: ['PAID', 'PAYMENT_FAILED', 'CANCELLING'],
    PAYMENT_FAILED: ['PAYING', 'CANCELLING'],
    CANCELLING: ['CANCELLED', 'CANCEL_FAILED'],
    CANCEL_FAILED: ['CANCELLING'],
  },
  terminal: ['PAID', 'CANCELLED'],
  work: {
    PAYING: {
      activity: 'transferMoney',
      taskQueue: 'bank',
      success: 'PAID',
      failure: 'PAYMENT_FAILED',
      retry: { maximumAttempts: 3 },
    },
  },
  children: {
    APPROVED: {
      graph: 'receipt',
      items: 'metadata.lines',
      until: 'all',
      done: 'PAYING',
      failed: 'CANCELLING',
    },
  },
  deadlines: {
    SUBMITTED: {
      after: 'P14D',
      to: 'CANCELLING',
      reminders: [{ before: 'P1D', activity: 'remind', taskQueue: 'mail' }],
    },
  },
  approvals: [{ from: 'SUBMITTED', to: 'APPROVED', count: 2, roles: ['manager', 'owner'] }],
  guards: [{ name: 'within-budget', to: 'SUBMITTED', when: 'metadata.amount <= 500', because: 'Too much.' }],
  undo: { PAYING: { activity: 'returnMoney', taskQueue: 'bank' } },
  cancellation: { through: 'CANCELLING', failed: 'CANCEL_FAILED' },
} as const satisfies Graph & Record<string, unknown>;

/** A copy with another version that `change` may do anything to. */
export function changed(graph: Graph, change: (copy: Editable) => void): Graph {
  const copy = structuredClone(graph) as Editable;
  copy.version += 1;
  change(copy);
  return copy;
}

interface Editable {
  [key: string]: unknown;
  name: string;
  version: number;
  steps: { key: string; label: string; states: string[] }[];
  transitions: Record<string, string[]>;
  terminal: string[];
}
