import type { Contender, ContenderKey } from '../contenders/contender';

/** What is measured, and for whom. Each round measures every contender once. */
export interface Case {
  key: string;
  title: string;
  metrics: Record<string, Metric>;
  contenders: ContenderKey[];
  /** Once before the first round. */
  prepare?: (contender: Contender) => Promise<void>;
  /** One figure for each metric that applies to the contender. */
  measure: (contender: Contender) => Promise<Record<string, number>>;
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
