import { FAULT_KINDS, FAULTS, GAP, type FaultKind } from './faults';
import { seededRandom } from './seeded-random';

/** One step of a run: a share of the load, and what strikes while it is under way. */
export interface Step {
  /** One fault, or two of which the second strikes while the first lasts. */
  faults: PlannedFault[];
  /** Percent of the step's requests that are sent before the first one strikes. */
  strikesAfterPercent: number;
  /** What strikes driven intents beside that. */
  beside: Beside | undefined;
}

/**
 * The app that works for them is killed when the first fault strikes, and started again when they are over; or a worker
 * dies as soon as it has committed a move that one of them made by itself.
 */
export type Beside = 'app worker killed' | 'worker dies after own move';

export interface PlannedFault {
  kind: FaultKind;
  lastsMs: number;
}

export interface ScheduleOptions {
  seed: number;
  /** Every kind strikes at least once, and the gap after the commit at least three times. */
  steps: number;
  /** Longest duration of a fault, milliseconds. */
  longestMs: number;
}

const SHORTEST_MS = 200;
const GAPS_AT_LEAST = 3;
const PERCENT_IN_PAIRS = 25;
/** They take turns, so that no form of a run is without; each death of a worker costs intents ten seconds. */
const BESIDE_EVERY_STEPS = 3;
const BESIDES: readonly Beside[] = ['app worker killed', 'worker dies after own move'];

/**
 * What a seed means.
 *
 * @example
 * const steps = schedule({ seed: 4711, steps: 40, longestMs: 4_000 });
 */
export function schedule({ seed, steps, longestMs }: ScheduleOptions): Step[] {
  const random = seededRandom(seed, 'schedule');
  const musts = [...FAULT_KINDS, ...Array<FaultKind>(GAPS_AT_LEAST - 1).fill(GAP)];
  const more = Array.from({ length: Math.max(0, steps - musts.length) }, () => random.pick(FAULT_KINDS));
  // Drawn apart, so that what a seed meant before there were driven intents is what it means now.
  const before = seededRandom(seed, 'beside').int(0, BESIDE_EVERY_STEPS * BESIDES.length - 1);
  return random.shuffled([...musts, ...more]).map((kind, index) => {
    const faults = [planned(kind)];
    if (random.chance(PERCENT_IN_PAIRS)) {
      const others = FAULT_KINDS.filter((other) => other !== GAP && FAULTS[other].on !== FAULTS[kind].on);
      faults.push(planned(random.pick(others)));
    }
    const strikesAfterPercent = random.int(5, 30);
    return { faults, strikesAfterPercent, beside: besideOf(before + index) };
  });

  function planned(kind: FaultKind): PlannedFault {
    return { kind, lastsMs: random.int(SHORTEST_MS, longestMs) };
  }
}

function besideOf(step: number): Beside | undefined {
  if (step % BESIDE_EVERY_STEPS !== 0) return undefined;
  return BESIDES[(step / BESIDE_EVERY_STEPS) % BESIDES.length];
}
