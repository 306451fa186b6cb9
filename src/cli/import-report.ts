import { AUDIT_IN_FILE_SQL, FILE_IN_AUDIT_SQL } from '../import/check-against-file';
import type { ImportSummary } from '../import/import-event-log';
import { green, red, yellow, type Line, type Painted } from './painted';

/** The summary for people. */
export function importReport(summary: ImportSummary, errorsFile: string | undefined): Line[] {
  const { rows, cases, applied, alreadyThere, notImported, seconds, rowsPerSecond, check } = summary;
  return [
    ...problemLines(summary, errorsFile),
    `${rows} rows of ${cases} cases in ${summary.file} as ${summary.graph}`,
    `  ${applied} imported now, ${alreadyThere} there before, ${notImported} not imported`,
    `  ${seconds.toFixed(1)} s${applied > 0 ? `, ${rowsPerSecond} rows/s` : ''}`,
    '',
    'Check: is the audit trail the file, row by row (intent, order, state, time, actor)? Both ways, in SQL:',
    ...indented(FILE_IN_AUDIT_SQL),
    '',
    ...indented(AUDIT_IN_FILE_SQL),
    '',
    `  ${check.rowsInFile} rows in the file, ${check.rowsInAudit} in the audit trail`,
    `  ${check.missing} missing${check.rejected > 0 ? ` (${check.rejected} of them rejected)` : ''}, ` +
      `${check.extra} extra, ${check.differing} differing (${check.seconds.toFixed(1)} s)`,
    ...(check.lines.length > 0 ? [`  among them lines ${check.lines.join(', ')} of the file`] : []),
    [verdict(summary)],
  ];
}

function verdict({ notImported, check }: ImportSummary): Painted {
  if (!check.equal) return red('The audit trail is NOT the file.');
  if (notImported > 0)
    return yellow(`The audit trail is the file but for ${notImported} rows that could not be imported.`);
  return green('The audit trail is the file, row by row.');
}

function problemLines(
  { problems, notImported, codes }: ImportSummary,
  errorsFile: string | undefined,
): string[] {
  if (notImported === 0) return [];
  const counts = Object.entries(codes).map(([code, count]) => `${code} ${count}`);
  const more = notImported - problems.length;
  return [
    `${notImported} rows were not imported (${counts.join(', ')}):`,
    ...problems.map(
      ({ line, caseId, code, reason }) =>
        `  line ${line}${caseId === undefined ? '' : `, ${caseId}`}: ${code}: ${reason}`,
    ),
    ...(more > 0
      ? [`  and ${more} more${errorsFile === undefined ? '; --errors FILE writes them all' : ''}`]
      : []),
    ...(errorsFile === undefined ? [] : [`  all of them in ${errorsFile}`]),
    '',
  ];
}

function indented(text: string): string[] {
  return text.split('\n').map((line) => `    ${line}`);
}
