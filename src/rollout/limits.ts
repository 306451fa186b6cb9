/** Every bound of `intent preflight`, `intent smoke` and `intent rollback-check`. Times are in milliseconds. */
export const ROLLOUT_LIMITS = {
  /** Age of a backup that still counts, where `--backup-max-age` does not say. */
  backupMaxAgeMs: 86_400_000,
  /** Age of results of CI that still count, where `--ci-max-age` does not say. */
  ciMaxAgeMs: 604_800_000,
  /** Age of a key without an end from which it is warned of, where `--key-max-age` does not say. */
  keyMaxAgeMs: 7_776_000_000,
  /** A key that is used and ends this soon is warned of; one that ended this lately and was used is a failure. */
  keyEndMs: 604_800_000,
  /** For a server's answer to one question. */
  answerMs: 15_000,
  /** For an outcome of a test intent. */
  outcomeMs: 30_000,
  /** A poller that Temporal has not heard of for so long counts as gone: a poll takes a minute. */
  pollerMs: 75_000,
  /** Test intents that are this old and go on were left by a smoke that was killed; no smoke takes so long. */
  leftoverMs: 600_000,
  /** Test intents that one smoke ends for those before it. */
  leftovers: 100,
  /** A whole smoke; then it stops and cleans up. */
  smokeMs: 300_000,
  /** Transitions that are measured, where `--transitions` does not say. */
  measuredTransitions: 20,
  mostMeasuredTransitions: 1_000,
  /** Requests that are sent at once for the one move. */
  concurrentRequests: 5,
  /** Running intents that are looked at, where `--sample` does not say. */
  sample: 50,
  mostSample: 10_000,
  /** Of those, at the same time. */
  sampledAtOnce: 8,
  /** How often an intent that does not stand still is looked at, and the pause between two looks. */
  looks: 20,
  lookPauseMs: 250,
  /** Tries of a workflow task from which it counts as failing. */
  failingAttempts: 3,
  /** A script of the checkout may take this long. */
  scriptMs: 7_200_000,
  /** What a message shows of a program's output, in characters. */
  shownOutput: 2_000,
  /** Of a file that a command's result is read from, in bytes. */
  junitBytes: 104_857_600,
  /** Of a dump that is read for what it holds, in bytes at a time. */
  chunkBytes: 1_048_576,
  /** Clock and time zone of the machine that made a dump may differ by this much. */
  zoneMs: 50_400_000,
} as const;
