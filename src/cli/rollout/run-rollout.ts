import { writeFile } from 'node:fs/promises';

import { version } from '../../package/version';
import { buildOfThisCode } from '../../rollout/build';
import type { Check, CheckReport } from '../../rollout/check';
import { junitOf } from '../../rollout/junit/write-junit';
import { countsOf, type Measured, type RolloutReport } from '../../rollout/report';
import { runChecks } from '../../rollout/run-checks';
import { DATABASE_VARIABLES, shownUrl, type Servers } from '../../rollout/servers';
import { CHECK_EXIT, type Cli } from '../cli';
import { reportError } from '../explain-error';
import { dim, green, red, yellow, type Line } from '../painted';
import { signedReport } from './signed-report';
import type { ReportOptions } from './options';

interface Run<Context> {
  command: string;
  servers: Servers;
  checks: readonly Check<Context>[];
  context: Context & { measured?: Measured | undefined };
  signal: AbortSignal;
}

/** Runs checks, says what they saw, writes the files that were asked for, and sets the exit code. */
export async function runRollout<Context>(
  cli: Cli,
  { command, servers, checks, context, signal }: Run<Context>,
  { skip, json, junit, report: reportFile }: ReportOptions,
): Promise<void> {
  const startedAt = new Date();
  const show = inOrder(checks, (report) => json || cli.printLines(linesOf(report)));
  let reports: CheckReport[];
  try {
    reports = await runChecks(checks, context, { skip, signal, onReport: show });
  } finally {
    await servers.close();
  }
  const report: RolloutReport = {
    command,
    startedAt,
    seconds: Math.round(Date.now() - startedAt.getTime()) / 1_000,
    version: version(),
    about: { ...aboutOf(servers), build: await buildOfThisCode() },
    checks: reports,
    ...(context.measured !== undefined && { measured: context.measured }),
  };
  const counts = countsOf(reports);
  if (json) cli.printJson({ ...report, counts });
  else cli.print(summaryLine(report));
  cli.exitCode = counts.failed > 0 ? CHECK_EXIT.drift : CHECK_EXIT.clean;
  try {
    if (junit !== undefined) await writeFile(junit, junitOf(report));
    if (reportFile !== undefined) await writeFile(reportFile, signedReport(report));
  } catch (error) {
    // Whoever reads the file would take an older one for this.
    reportError(cli, error);
    cli.exitCode = CHECK_EXIT.notChecked;
  }
}

function aboutOf({ env, taskQueue }: Servers): Record<string, string> {
  const database = env[DATABASE_VARIABLES.engine] || env[DATABASE_VARIABLES.owner];
  return {
    ...(database ? { database: shownUrl(database) } : {}),
    temporal: `${env['TEMPORAL_ADDRESS'] || 'by its profile'}, namespace ${env['TEMPORAL_NAMESPACE'] || 'default'}`,
    'task queue': taskQueue,
  };
}

/** Shows each report when those before it are shown: they end in any order. */
function inOrder<Context>(
  checks: readonly Check<Context>[],
  show: (report: CheckReport) => void,
): (report: CheckReport) => void {
  const waiting = new Map<string, CheckReport>();
  let next = 0;
  return (report) => {
    waiting.set(report.name, report);
    for (
      let due = waiting.get(checks[next]?.name ?? '');
      due !== undefined;
      due = waiting.get(checks[next]?.name ?? '')
    ) {
      show(due);
      next += 1;
    }
  };
}

const PAINTED = { passed: green, failed: red, skipped: yellow } as const;

function linesOf({ name, title, step, status, saw, warnings = [], fix, seconds }: CheckReport): Line[] {
  return [
    [
      PAINTED[status](status.padEnd(8)),
      `${step.padEnd(11)} ${title} `,
      dim(`${name}, ${seconds.toFixed(2)} s`),
    ],
    ...saw.map((line) => `        ${line}`),
    ...warnings.map((warning): Line => ['        ', yellow('warning:'), ` ${warning}`]),
    ...(status === 'failed' && fix !== undefined ? [['        fix: ', fix] satisfies Line] : []),
  ];
}

function summaryLine({ checks }: RolloutReport): Line {
  const { passed, failed, skipped, warnings } = countsOf(checks);
  const more = [skipped > 0 && `${skipped} skipped`, warnings > 0 && `${warnings} warnings`].filter(Boolean);
  const rest = [`${passed} passed`, ...more].join(', ');
  return failed > 0
    ? [red(`${failed} failed`), `, ${rest}.`]
    : [green('All that was checked holds'), `: ${rest}.`];
}
