import type { Metric } from './cases/case';
import type { Contender, ContenderKey } from './contenders/contender';
import type { Machine } from './machine';
import type { Spread } from './statistics';

/** All that a run yields, as `--json` prints it. */
export interface Report {
  startedAt: string;
  /** Seconds. */
  took: number;
  /** A smoke run: its figures say nothing. */
  quick: boolean;
  rounds: number;
  machine: Machine;
  contenders: Pick<Contender, 'key' | 'title'>[];
  cases: CaseReport[];
}

export interface CaseReport {
  key: string;
  title: string;
  metrics: Record<string, Metric>;
  figures: Figures;
  /** The engine's figure over a floor's, round by round. */
  ratios: Figures;
}

/** By contender and metric. */
export type Figures = Partial<Record<ContenderKey, Record<string, Spread>>>;
