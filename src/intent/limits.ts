/**
 * Every bound of an intent, in one place. Lengths are in UTF-16 code units, as JavaScript counts them; bytes are
 * those of compact JSON in UTF-8, as Temporal and Postgres store it.
 */
export const LIMITS = {
  /** Request ids are remembered for an intent's whole life, so they are kept short. */
  requestIdLength: 128,
  /** Of requests that are not judged yet, for how many it is known which trace they belong to. */
  traces: 1_000,
  actorLength: 256,
  reasonLength: 2_000,
  titleLength: 500,
  /** Metadata is stored in Temporal's history and in the audit row. */
  metadataBytes: 16_384,
  metadataDepth: 16,
  /** What a request to migrate says of states that the other version lacks, as JSON. */
  stateMapBytes: 16_384,
  /** A state name in a request: longer than any real one, so that a wrong one can be named in its rejection. */
  stateNameLength: 128,
  /** Of an audit row, as its column in Postgres holds it. */
  sequence: 2_147_483_647,
  messageLength: 500,
  /** Rejected request ids that an intent remembers; an older one counts as a new request. */
  rememberedRejections: 256,
  /** The same bound by size, since a sender can make ids and messages that take 4 KB as JSON. */
  rememberedRejectionsBytes: 400_000,
  /**
   * What an intent's applied request ids, states and times may take together. They travel through every
   * continue-as-new, whose input Temporal caps at 2 MB. Room for about 12,000 transitions with UUIDs as ids.
   */
  rememberedTransitionsBytes: 1_000_000,
  /** Votes that an intent counts in one stay in a state, for all edges together. */
  votes: 100,
  /** The same bound by size: they travel through continue-as-new, and stand in the metadata of the transition. */
  votesBytes: 16_000,
  /** What is kept of a vote's reason beside its row, where all of it is. */
  shownVoteReasonLength: 200,
  /** Children of children of children: how deep they may go. */
  generations: 8,
  /** Why a child never came to be, in the audit row of its parent. */
  shownChildFailureLength: 60,
  /** Results of work that an intent remembers for later steps, together; the oldest are forgotten first. */
  rememberedResultsBytes: 64_000,
  /** Outcomes decided while Postgres does not answer; beyond it requests are rejected with LIMIT_REACHED. */
  unrecordedOutcomes: 1_000,
  /** The same bound by size: what is unrecorded travels through continue-as-new too. */
  unrecordedBytes: 256_000,
  /** A graph's definition, which travels through continue-as-new as well. */
  graphBytes: 150_000,
  /** Outcomes that one activity records in one round trip. */
  batchSize: 200,
  /** The same bound by size: Temporal terminates a workflow that gives an activity more than 2 MB. */
  batchBytes: 500_000,
} as const;
