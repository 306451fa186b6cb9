import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Choices that a seed decides. */
export interface SeededRandom {
  /** From `from` to `to`, both included. */
  int(from: number, to: number): number;
  /** True in `percent` of 100 cases. */
  chance(percent: number): boolean;
  pick<T>(of: readonly T[]): T;
  /** A copy in another order. */
  shuffled<T>(of: readonly T[]): T[];
}

/**
 * @param stream one seed gives several independent sequences, so that what one part of a run draws does not shift
 *   what another part gets
 * @example
 * const random = seededRandom(4711, 'schedule');
 */
export function seededRandom(seed: number, stream: string): SeededRandom {
  const generator = xoroshiro128plus(seed ^ hashOf(stream));
  const int = (from: number, to: number): number => uniformInt(generator, from, to);
  const pick = <T>(of: readonly T[]): T => of[int(0, of.length - 1)] as T;
  return {
    int,
    chance: (percent) => int(1, 100) <= percent,
    pick,
    shuffled(of) {
      const rest = [...of];
      return of.map(() => rest.splice(int(0, rest.length - 1), 1)[0] as (typeof rest)[number]);
    },
  };
}

/** A seed for a run that was given none. */
export function anySeed(): number {
  return Math.floor(Math.random() * 2 ** 31);
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}
