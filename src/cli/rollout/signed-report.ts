import { countsOf, type RolloutReport } from '../../rollout/report';
import { visible } from '../visible';

/** A report in Markdown, with lines for a person to sign. */
export function signedReport(report: RolloutReport): string {
  const { command, startedAt, seconds, version, about, checks, measured } = report;
  const counts = countsOf(checks);
  const facts = { Date: startedAt.toISOString(), Took: `${seconds} s`, 'intent-engine': version, ...about };
  const rows = checks.map(({ step, title, name, status, saw, warnings = [], fix }) =>
    row([
      step,
      `${escaped(title)} (${escaped(name)})`,
      status === 'failed' ? '**failed**' : status,
      [
        ...saw.map(escaped),
        ...warnings.map((warning) => `Warning: ${escaped(warning)}`),
        ...(status === 'failed' && fix !== undefined ? [`Fix: ${escaped(fix)}`] : []),
      ].join('<br>'),
    ]),
  );
  return [
    `# ${command}: ${counts.failed === 0 ? 'all that was checked holds' : `${counts.failed} of ${checks.length} failed`}`,
    [
      row(['', '']),
      row(['---', '---']),
      ...Object.entries(facts).map(([name, value]) => row([escaped(name), escaped(value)])),
    ].join('\n'),
    `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped, ${counts.warnings} warnings.` +
      (measured === undefined
        ? ''
        : ` ${measured.transitions} transitions: p50 ${measured.p50Ms} ms, p95 ${measured.p95Ms} ms.`),
    [row(['step', 'check', 'result', 'seen']), row(['---', '---', '---', '---']), ...rows].join('\n'),
    '## Signed',
    'Whoever signs has read what was skipped and what is warned of, and answers for it.',
    [
      row(['name', 'role', 'date', 'signature']),
      row(['---', '---', '---', '---']),
      row([' ', ' ', ' ', ' ']),
      row([' ', ' ', ' ', ' ']),
    ].join('\n'),
  ]
    .join('\n\n')
    .concat('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Text as it is, whatever it holds: neither markup nor another cell. */
function escaped(text: string): string {
  return visible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_[\]|#~]/g, String.raw`\$&`);
}
