import type { Contender, ContenderKey } from '../contenders/contender';

/** What is measured, and for whom. Each round measures every contender once: one after the other, or by turns. */
export type Case = CaseDescription & (MeasuredAlone | MeasuredByTurns);

interface CaseDescription {
  key: string;
  title: string;
  metrics: Record<string, Metric>;
  contenders: ContenderKey[];
  /** Once before the first round. */
  prepare?: (contender: Contender) => Promise<void>;
}

/** One figure for each metric that applies to the contender. */
export type Sample = Record<string, number>;

interface MeasuredAlone {
  measure: (contender: Contender) => Promise<Sample>;
}

interface MeasuredByTurns {
  measureByTurns: (contenders: readonly Contender[]) => Promise<Map<ContenderKey, Sample>>;
}

export interface Metric {
  title: string;
  unit: 'ms' | 'per second' | 'count' | 'bytes' | 'ratio';
  /** Whether the engine's figure is set against the floors'. */
  compared?: boolean;
}

export const LATENCY_METRICS: Record<'p50' | 'p95' | 'p99', Metric> = {
  p50: { title: 'p50', unit: 'ms', compared: true },
  p95: { title: 'p95', unit: 'ms', compared: true },
  p99: { title: 'p99', unit: 'ms', compared: true },
};

/** Nobody always comes first. */
export function rotated<T>(items: readonly T[], by: number): T[] {
  const first = by % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}
