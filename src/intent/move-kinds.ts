/**
 * What moved an intent, as each audit row says: the `kind` in `workflow_transition_audit`. A row of an app's own
 * transition says `transition`, the creation too.
 */
export const MOVE_KINDS = {
  transition: 'An app asked for it.',
  work: 'The activity of the state ended.',
  children: 'The child intents of the state ended.',
  deadline: 'The time of the state was over.',
  approval: 'The last vote that the edge needed was cast.',
  cancellation: 'The intent was cancelled, by an app or in Temporal.',
  undo: 'What a cancelled intent had done was undone, or could not be.',
  force: 'An operator moved it, whatever the graph says.',
  reopen: 'An operator moved it out of a terminal state.',
  migration: 'It was moved to another version of its graph.',
  pause: 'Its clocks were stopped.',
  resume: 'Its clocks go on.',
} as const;

export type MoveKind = keyof typeof MOVE_KINDS;
