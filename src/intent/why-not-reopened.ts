/** What of an intent says whether it can be reopened. */
export interface Reopened {
  state: string;
  ended: boolean;
  /** Its rows are in the archive. */
  archived?: object | null;
  /** What they said about people is gone. */
  erased?: boolean;
}

/** Why an intent whose workflow takes no requests any more can't be reopened; nothing where it can. */
export function whyNotReopened({ state, ended, archived, erased }: Reopened): string | undefined {
  if (!ended)
    return `The intent has not ended, it is in ${state}, and its workflow has failed or was terminated.`;
  if (erased === true)
    return `The intent has ended in ${state}, and what it said about people was erased; it can't be reopened.`;
  if (archived)
    return `The intent has ended in ${state}, and its rows are in the archive; it can't be reopened.`;
  return undefined;
}
