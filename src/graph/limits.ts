/** Every bound of a graph's parts. Lengths are in UTF-16 code units. The whole is bounded where it is registered. */
export const GRAPH_LIMITS = {
  nameLength: 63,
  /** Postgres keeps at most 63 bytes of an enum label; the allowed characters take one byte each. */
  stateNameLength: 63,
  titleLength: 200,
  descriptionLength: 2_000,
  /** The largest `integer` of Postgres. */
  version: 2_147_483_647,
  /** What an error shows of a text that is no graph reference. */
  shownReferenceLength: 100,
} as const;
