/**
 * Loaded into a worker before its own program (`node --require`). After SIGUSR2 the worker kills itself as soon as
 * its next local activity has committed to Postgres: Postgres then holds outcomes of a workflow task that Temporal
 * does not know to be done. It first says whose they are, as a line of JSON.
 */
/* global require, process, setInterval */
/* eslint-disable @typescript-eslint/no-require-imports -- what Node loads before a program is CommonJS */
const { writeSync } = require('node:fs');
const { Context } = require('@temporalio/activity');
const recording = require('../../dist/activities/record-outcomes.js');

const { recordOutcomes } = recording;
let armed = false;
process.on('SIGUSR2', () => {
  armed = true;
});

recording.recordOutcomes = async (pool, request) => {
  const stored = await recordOutcomes(pool, request);
  if (armed && Context.current().info.isLocal) {
    const requestIds = request.decisions.map(({ requestId }) => requestId);
    writeSync(1, `${JSON.stringify({ diedAfterCommit: { intentId: request.id, requestIds } })}\n`);
    process.kill(process.pid, 'SIGKILL');
  }
  return stored;
};

// Whoever started it may be killed as well; nobody would stop it then.
const starter = process.ppid;
setInterval(() => {
  if (process.ppid !== starter) process.kill(process.pid, 'SIGKILL');
}, 1_000).unref();
