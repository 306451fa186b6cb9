import { checkPollers } from '../smoke/worker-polls';
import type { RollbackCheck } from './rollback';

/** A worker of the build that one went back to polls. */
export const appStarts: RollbackCheck = {
  name: 'app-starts',
  title: 'The application starts',
  step: 'rollback 1',
  run: (context) => checkPollers(context, context.buildId),
};
