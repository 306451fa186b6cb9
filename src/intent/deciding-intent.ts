import type { Intent } from './intent';

/** What of an intent its requests are judged by. */
export type DecidingIntent = Pick<
  Intent,
  | 'id'
  | 'organizationId'
  | 'title'
  | 'metadata'
  | 'createdBy'
  | 'graph'
  | 'state'
  | 'sequence'
  | 'paused'
  | 'enteredBy'
  | 'votes'
  | 'openVotes'
  | 'results'
  | 'undoable'
  | 'migration'
>;
