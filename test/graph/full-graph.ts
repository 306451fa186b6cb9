import type { DraftGraph } from './arbitrary-graph';

interface DraftActivity {
  activity: string;
  taskQueue: string;
  startToCloseTimeout?: string;
  heartbeatTimeout?: string;
  retry?: { maximumAttempts?: number; nonRetryableErrorTypes?: string[] };
}

/** A graph with every rule, which tests may take apart. */
export interface DraftRules extends DraftGraph {
  work: Record<string, DraftActivity & { success: string; failure: string }>;
  children: Record<
    string,
    {
      graph: string;
      items: string;
      until: number | string;
      counts?: string[];
      done: string;
      failed?: string;
      others?: string;
    }
  >;
  deadlines: Record<
    string,
    {
      after?: string;
      at?: string;
      to: string;
      timeZone?: string;
      reminders?: (DraftActivity & { before: string })[];
    }
  >;
  approvals: {
    from: string;
    to: string;
    count: number;
    roles: string[];
    distinctRoles?: boolean;
    delegation?: boolean;
    expireAfter?: string;
    reason?: boolean;
    selfApproval?: boolean;
  }[];
  guards: { name: string; from?: string; to: string; when: string; because: string }[];
  undo: Record<string, DraftActivity>;
  cancellation?: { through: string; failed: string };
}

/** A purchase: checked by an activity, approved by two roles, ordered by one child a line. */
export function fullGraph(): DraftRules {
  return {
    name: 'purchase',
    version: 1,
    steps: [
      { key: 'check', label: 'Check', states: ['DRAFT', 'CHECKING', 'CHECK_FAILED', 'CHECKED'] },
      { key: 'order', label: 'Order', states: ['ORDERING'] },
      { key: 'cancel', label: 'Cancellation', states: ['CANCELLING', 'CANCEL_FAILED'] },
    ],
    transitions: {
      DRAFT: ['CHECKING', 'CANCELLED'],
      CHECKING: ['CHECKED', 'CHECK_FAILED'],
      CHECK_FAILED: ['CHECKING', 'CANCELLED'],
      CHECKED: ['ORDERING', 'CHECK_FAILED', 'CANCELLING'],
      ORDERING: ['ORDERED', 'CHECK_FAILED', 'CANCELLING'],
      CANCELLING: ['CANCELLED', 'CANCEL_FAILED'],
      CANCEL_FAILED: ['CANCELLING'],
    },
    terminal: ['ORDERED', 'CANCELLED'],
    work: {
      CHECKING: {
        activity: 'check',
        taskQueue: 'orders',
        success: 'CHECKED',
        failure: 'CHECK_FAILED',
        startToCloseTimeout: 'PT10M',
        heartbeatTimeout: 'PT30S',
        retry: { maximumAttempts: 5, nonRetryableErrorTypes: ['NO_SUCH_ITEM'] },
      },
    },
    children: {
      ORDERING: {
        graph: 'order@1',
        items: 'metadata.lines',
        until: 'all',
        counts: ['DELIVERED'],
        done: 'ORDERED',
        failed: 'CHECK_FAILED',
        others: 'cancel',
      },
    },
    deadlines: {
      DRAFT: {
        after: 'P14D',
        to: 'CANCELLED',
        timeZone: 'Europe/Amsterdam',
        reminders: [{ before: 'P1D', activity: 'remind', taskQueue: 'orders' }],
      },
      CHECKED: { at: 'metadata.until', to: 'CHECK_FAILED' },
    },
    approvals: [
      {
        from: 'CHECKED',
        to: 'ORDERING',
        count: 2,
        roles: ['owner', 'controller'],
        distinctRoles: true,
        delegation: false,
        expireAfter: 'P30D',
        reason: true,
        selfApproval: false,
      },
    ],
    guards: [
      {
        name: 'within-budget',
        from: 'DRAFT',
        to: 'CHECKING',
        when: 'metadata.amount <= 500 || request.actor == "manager"',
        because: 'Over 500 a manager must submit.',
      },
      {
        name: 'has-lines',
        to: 'ORDERING',
        when: 'size(metadata.lines) > 0',
        because: 'There is nothing to order.',
      },
    ],
    undo: { CHECKED: { activity: 'release', taskQueue: 'orders' } },
    cancellation: { through: 'CANCELLING', failed: 'CANCEL_FAILED' },
  };
}
