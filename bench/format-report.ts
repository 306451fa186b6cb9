import type { Metric } from './cases/case';
import type { CaseReport, Report } from './report';
import type { Spread } from './statistics';

/** The report for people: a table for each case, the engine's ratios to its floors below the figures. */
export function formatReport(report: Report): string {
  const { machine, rounds, quick, startedAt, took } = report;
  const lines = [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}; Node ${machine.node}`,
    `Temporal server ${machine.temporalServer}, SDK ${machine.temporalSdk}; Postgres ${machine.postgres}`,
    `${startedAt}, ${Math.round(took)} s, load before ${machine.loadBefore.toFixed(1)}; ` +
      `median (lowest–highest) of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}`,
    ...(quick ? ['A smoke run: these figures say nothing about speed.'] : []),
  ];
  const titles = new Map(report.contenders.map(({ key, title }) => [key, title]));
  for (const each of report.cases) lines.push('', each.title, ...formatCase(each, titles));
  return `${lines.join('\n')}\n`;
}

function formatCase({ metrics, figures, ratios }: CaseReport, titles: Map<string, string>): string[] {
  const keys = Object.keys(metrics);
  const rows: string[][] = [['', ...Object.values(metrics).map(heading)]];
  for (const [contender, spreads] of Object.entries(figures)) {
    rows.push([
      titles.get(contender) ?? contender,
      ...keys.map((key) => formatSpread(spreads[key], (value) => formatValue(value, metrics[key]))),
    ]);
  }
  for (const [contender, spreads] of Object.entries(ratios)) {
    rows.push([
      `engine ÷ ${titles.get(contender) ?? contender}`,
      ...keys.map((key) => formatSpread(spreads[key], formatRatio)),
    ]);
  }
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}`.trimEnd(),
  );
}

function heading({ title, unit }: Metric): string {
  return unit === 'ms' ? `${title}, ms` : title;
}

function formatSpread(spread: Spread | undefined, format: (value: number) => string): string {
  if (spread === undefined) return '';
  const [median, min, max] = [spread.median, spread.min, spread.max].map(format);
  return min === max ? `${median}` : `${median} (${min}–${max})`;
}

function formatValue(value: number, metric: Metric | undefined): string {
  if (metric?.unit === 'ratio') return formatRatio(value);
  if (metric?.unit === 'count') return Number.isInteger(value) ? String(value) : value.toFixed(2);
  if (metric?.unit === 'bytes' || value >= 1_000) return value.toFixed(0);
  return value.toPrecision(3);
}

function formatRatio(value: number): string {
  return `${value >= 100 ? value.toFixed(0) : value.toPrecision(3)}x`;
}
