#!/usr/bin/env node
import { join } from 'node:path';

import { Command } from 'commander';
import type { Pool } from 'pg';

import type { IntentClient } from '../client';
import { Cli, EXIT } from '../cli/cli';
import { reportError } from '../cli/explain-error';
import { taskQueueOption } from '../cli/options';
import { withIntents } from '../cli/open-intents';
import { runCli } from '../cli/run-cli';
import { CHECKOUT } from '../dev/checkout';
import { outliveClosedOutput } from '../dev/machine/closed-output';
import { demoStack, type DemoStack } from './demo-stack';
import { identicalRequests, type IdenticalRequests } from './identical-requests';
import { showSql } from './show-sql';
import { STEP_COUNT, walkIntent, type WalkedTransition } from './walk-intent';

/** All that the demo makes belongs to it, so that it is easily told apart. */
export const DEMO_ORGANIZATION = 'de300000-0000-4000-8000-000000000001';

const GRAPH_FILE = join(CHECKOUT, 'examples', 'travel-declarations', 'graph.json');

const HELP = `
Everything is made in the organization ${DEMO_ORGANIZATION}.
It runs against the DATABASE_URL and TEMPORAL_ADDRESS of the environment, else the stack that runs in this folder
(npm start), else one that it starts itself on free ports, with temporary data, and stops afterwards.

Exit codes: 0 everything came out as it must, 1 it did not, 2 wrong usage

Examples:
  npm run demo
  npm run demo -- --json
  npm run demo -- --events examples/travel-declarations/excerpt.csv`;

/** Exit code after SIGINT, as shells have it. */
const INTERRUPTED = 130;

interface DemoOptions {
  events?: string;
  taskQueue: string;
  json?: boolean;
}

async function main(): Promise<number> {
  outliveClosedOutput();
  // Without profiles: what the demo makes has no place on a server that nobody named for it.
  const env = { ...process.env, INTENT_PROFILE: '', INTENT_CONFIG_FILE: '' };
  const cli = new Cli({ env, stdout: process.stdout, stderr: process.stderr });
  const interrupted = new AbortController();
  let stop: (() => Promise<void>) | undefined;
  const onSignal = () => {
    // While the stack starts, it ends what it has started, and throws.
    interrupted.abort(new Error('interrupted'));
    void stop?.().finally(() => process.exit(INTERRUPTED));
  };

  const command = new Command('npm run demo --')
    .description('Shows what the engine promises, on real servers.')
    .option(
      '--events <file>',
      'import an event log of travel declarations instead (intent import has more options)',
    )
    .addOption(taskQueueOption())
    .option('--json', 'print the figures as JSON; all else goes to standard error')
    .addHelpText('after', HELP)
    .showHelpAfterError('(--help shows the options)')
    .exitOverride()
    .action(async (options: DemoOptions) => {
      process.once('SIGINT', onSignal).once('SIGTERM', onSignal).once('SIGHUP', onSignal);
      const stack = await demoStack(cli, interrupted.signal);
      stop = stack.stop;
      try {
        const run = options.events === undefined ? showEngine : importEvents;
        cli.exitCode = await run(cli, stack, options);
      } finally {
        stop = undefined;
        await stack.stop();
      }
    });
  try {
    await command.parseAsync();
    return cli.exitCode;
  } catch (error) {
    if (interrupted.signal.aborted) return INTERRUPTED;
    return reportError(cli, error);
  }
}

function importEvents(cli: Cli, { env }: DemoStack, options: DemoOptions): Promise<number> {
  const { events = '', taskQueue, json } = options;
  const args = ['import', events, '--graph-file', GRAPH_FILE, '--organization', DEMO_ORGANIZATION];
  return runCli([...args, '--task-queue', taskQueue, ...(json ? ['--json'] : [])], { ...cli.streams, env });
}

async function showEngine(cli: Cli, { env, uiUrl }: DemoStack, options: DemoOptions): Promise<number> {
  const { taskQueue, json } = options;
  const say = (text = '') => {
    for (const line of text.split('\n'))
      if (json) cli.note(line);
      else cli.print(line);
  };
  return withIntents(new Cli({ ...cli.streams, env }), { taskQueue }, async ({ intents, pool }) => {
    say('An intent of the built-in graph, from CREATED to COMPLETED:');
    const transitions: WalkedTransition[] = [];
    const id = await walkIntent(intents, DEMO_ORGANIZATION, (transition) => {
      transitions.push(transition);
      say(lineOf(transition));
    });

    const races: IdenticalRequests[] = [];
    for (const requests of [5, 100]) races.push(await race(intents, pool, requests, say));
    const last = races.at(-1);

    say('\nIts audit trail, as anyone may ask for it:');
    for (const line of await showSql(pool, auditSql(id))) say(line);
    if (last !== undefined) {
      say('\nWhat became of the 100 requests:');
      for (const line of await showSql(pool, rejectionsSql(last.intentId))) say(line);
    }
    const link = uiUrl && `${uiUrl}/namespaces/${env['TEMPORAL_NAMESPACE'] || 'default'}/workflows/${id}`;
    if (link) say(`\nThe intent in Temporal's Web UI: ${link}`);

    if (json) cli.printJson({ intentId: id, transitions, identicalRequests: races, uiUrl: link || null });
    return races.every(({ exactlyOne }) => exactlyOne) ? EXIT.ok : EXIT.failed;
  });
}

async function race(intents: IntentClient, pool: Pool, requests: number, say: (line: string) => void) {
  const result = await identicalRequests(intents, pool, DEMO_ORGANIZATION, requests);
  const codes = Object.entries(result.rejected).map(([code, count]) => `${count} ${code}`);
  say(
    `\n${requests} identical requests at once on another intent: ${result.exactlyOne ? 'exactly one won' : 'WRONG'}`,
  );
  say(
    `  ${result.applied} applied, ${codes.join(', ') || 'none'} rejected, ${result.auditRows} audit row, ` +
      `${result.answered} answered, ${result.milliseconds} ms`,
  );
  return result;
}

function lineOf({ sequence, from, to, step, progress, milliseconds }: WalkedTransition): string {
  const where = step === null ? 'ended' : `step ${step.number} of ${STEP_COUNT}, ${step.label}`;
  const arrow = `${from} → ${to}`.padEnd(48);
  return `${String(sequence).padStart(4)}  ${arrow} ${where.padEnd(36)} ${percent(progress)}  ${milliseconds} ms`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`.padStart(5);
}

function auditSql(id: string): string {
  return `SELECT sequence, previous_state, new_state, actor, transitioned_at, left(hash, 12) AS hash
  FROM workflow_transition_audit WHERE workflow_id = '${id}' ORDER BY sequence;`;
}

function rejectionsSql(id: string): string {
  return `SELECT 'applied' AS outcome, new_state::text AS detail, count(*) FROM workflow_transition_audit
 WHERE workflow_id = '${id}' AND sequence > 1 GROUP BY new_state
UNION ALL
SELECT 'rejected', code, count(*) FROM workflow_transition_rejections
 WHERE workflow_id = '${id}' GROUP BY code;`;
}

void main().then((exitCode) => {
  process.exitCode = exitCode;
});
