import { percentile } from '../statistics';
import type { Sizing } from './measure-sizing';

export interface Prices {
  /** Transitions a second, of which a day is made. */
  rate: number;
  /** USD for a million actions. */
  millionActions: number;
}

const DAY = 86_400;
const number = (value: number, digits = 0) =>
  value.toLocaleString('en-GB', { maximumFractionDigits: digits });
const sum = (values: Record<string, number>) => Object.values(values).reduce((all, each) => all + each, 0);

/** For people, as Markdown. Pure. */
export function formatSizing(sizing: Sizing, { rate, millionActions }: Prices): string {
  const { throughput, transition, machine, rounds, intents, creationActions } = sizing;
  const rows = sum(transition.rows);
  const perMillion = transition.allActions * 1_000_000;
  const lines = [
    `${machine.cores} cores, load before ${number(machine.loadBefore, 1)}; Postgres ${machine.postgres}, Temporal ${machine.temporalServer}; ${rounds} rounds, ${intents} intents at once`,
    '',
    '| workers | transitions/s, median | least to most | to 1 worker, median | least to most |',
    '| --- | --- | --- | --- | --- |',
    ...throughput.map(
      ({ workers, perSecond, toFirst }) =>
        `| ${workers} | ${number(perSecond.median)} | ${number(perSecond.min)} to ${number(perSecond.max)} | ` +
        `${number(percentile(toFirst.rounds, 50), 2)} | ${number(toFirst.min, 2)} to ${number(toFirst.max, 2)} |`,
    ),
    '',
    `| | one transition | a day at ${rate} a second | a million |`,
    '| --- | --- | --- | --- |',
    ...[
      ['history events', transition.historyEvents, 1],
      ['history bytes', transition.historyBytes, 0],
      ['rows in Postgres', rows, 1],
      ['bytes in Postgres, with indexes', transition.postgresBytes, 0],
      ['Temporal Cloud actions', transition.allActions, 2],
    ].map(([what, each, digits]) => {
      const value = each as number;
      return `| ${what} | ${number(value, digits as number)} | ${number(value * rate * DAY)} | ${number(value * 1_000_000)} |`;
    }),
    '',
    `Rows: ${list(transition.rows)}. Actions: ${list(transition.actions)}; a creation costs ${number(creationActions)}.`,
    `A million transitions at ${number(millionActions, 2)} USD for a million actions: ${number((perMillion / 1_000_000) * millionActions, 2)} USD.`,
  ];
  return `${lines.join('\n')}\n`;
}

function list(values: Record<string, number>): string {
  return Object.entries(values)
    .map(([what, each]) => `${number(each, 2)} ${what}`)
    .join(', ');
}
