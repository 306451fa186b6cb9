import type { InjectedSinks } from '@temporalio/worker';

import type { AuditSink } from '../workflows/audit-sink';

/** What the workflow tells is for whoever replays it. A sink that is not there would be logged as an error each time. */
export const UNHEARD_AUDIT_SINK: InjectedSinks<AuditSink> = {
  audit: {
    created: { fn: () => undefined },
    migrated: { fn: () => undefined },
    continued: { fn: () => undefined },
    recorded: { fn: () => undefined },
  },
};
