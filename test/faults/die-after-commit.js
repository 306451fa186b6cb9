/**
 * Loaded into a worker before its own program (`node --require`). The worker kills itself as soon as it has committed to
 * Postgres what Temporal does not know to be done: after SIGUSR2 by its next local activity, that is, outcomes of a
 * workflow task; after SIGURG by the next activity that records what an intent did by itself. It first says whose they
 * are, as a line of JSON.
 */
/* global require, process, setInterval */
/* eslint-disable @typescript-eslint/no-require-imports -- what Node loads before a program is CommonJS */
const { writeSync } = require('node:fs');
const { Context } = require('@temporalio/activity');
const recording = require('../../dist/activities/record-outcomes.js');

const { recordOutcomes } = recording;
let armedForRequests = false;
let armedForOwnMoves = false;
process.on('SIGUSR2', () => {
  armedForRequests = true;
});
process.on('SIGURG', () => {
  armedForOwnMoves = true;
});

recording.recordOutcomes = async (pool, telemetry, request) => {
  const stored = await recordOutcomes(pool, telemetry, request);
  const requestIds = request.decisions.map(({ requestId }) => requestId);
  const died = { intentId: request.id, requestIds };
  if (armedForRequests && Context.current().info.isLocal) die({ diedAfterCommit: died });
  if (armedForOwnMoves && requestIds.some((id) => id.startsWith('engine:'))) die({ diedAfterOwnMove: died });
  return stored;
};

function die(lastWords) {
  writeSync(1, `${JSON.stringify(lastWords)}\n`);
  process.kill(process.pid, 'SIGKILL');
}

// Whoever started it may be killed as well; nobody would stop it then.
const starter = process.ppid;
setInterval(() => {
  if (process.ppid !== starter) process.kill(process.pid, 'SIGKILL');
}, 1_000).unref();
