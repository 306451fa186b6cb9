/** Every bound of the gateway. Times are in milliseconds. */
export const GATEWAY_LIMITS = {
  /** Of a request, JSON included. Metadata may have 16,384 bytes; the rest is small. */
  bodyBytes: 65_536,
  /** Requests of one key in a minute, where the key does not say. */
  requestsPerMinute: 6_000,
  /** What may be asked for in its place. */
  mostRequestsPerMinute: 1_000_000,
  /** In which requests are counted. */
  rateWindowMs: 60_000,
  /** Requests of one address in a minute whose credentials are none, or wrong. */
  refusalsPerMinute: 120,
  /** How long a client may take to send a request's headers, and all of it. */
  headersMs: 10_000,
  requestMs: 15_000,
  /** Between two looks for connections that take longer. */
  connectionsCheckMs: 1_000,
  /** A connection on which nothing is asked is closed. */
  keepAliveMs: 72_000,
  /** A connection on which nothing moves while an answer is due, because its client does not read say, is closed. */
  silenceMs: 90_000,
  /** Requests that a connection may bring before it has taken their answers; with more it is closed. */
  pipelinedRequests: 20,
  /** Connections at the same time; further ones are closed at once. */
  connections: 10_000,
  /** What `Prefer: wait` may ask for, in seconds. */
  waitSeconds: 60,
  /** Intents, and rows of a history, of one page. */
  pageSize: 50,
  largestPage: 200,
  historyPageSize: 200,
  largestHistoryPage: 1_000,
  /** For a worker to describe an intent. */
  describeMs: 10_000,
  /** Between two looks at whether an intent's creation is recorded, at first, then twice as long each time. */
  creationPauseMs: 10,
  longestCreationPauseMs: 250,
  /** For Postgres and Temporal to say that they are there. */
  readyMs: 2_000,
  /** For how long an answer of theirs counts. */
  readyAnswerMs: 1_000,
  /** Organizations of which a client is kept. */
  organizations: 1_000,
  /** Keys, or intents, that one query looks up on behalf of all who ask. */
  keysPerQuery: 1_000,
  /** Between two notes of when keys were used last. */
  keyUseMs: 10_000,
  /** For the issuer of tokens to give its keys. */
  jwksMs: 5_000,
  /** Connections to Postgres. */
  databaseConnections: 20,
  /** Streams of events at the same time. */
  eventStreams: 1_000,
  /** Between two looks at what has happened. */
  eventsPauseMs: 200,
  /** Events that one look takes. */
  eventsPerLook: 500,
  /** A comment goes over a stream on which nothing happens, so that whatever lies between does not close it. */
  eventsHeartbeatMs: 15_000,
  /** How long a browser waits before it goes on with a new stream. */
  eventsRetryMs: 1_000,
  /** A stream ends after this long; whoever listens goes on with a new one, for which the key is looked at again. */
  eventStreamMs: 300_000,
  /** For a worker to send a test to a webhook, whose receiver has 15 s of it. */
  webhookTestMs: 30_000,
  /** Dead letters of one page. */
  deadLettersPageSize: 50,
  largestDeadLettersPage: 200,
  /** For the client to take the end of a stream. */
  eventsEndMs: 5_000,
  /** Requests under way when the gateway is told to stop get this long. */
  drainMs: 10_000,
} as const;
