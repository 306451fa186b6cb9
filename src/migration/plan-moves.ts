import type { Pool } from 'pg';

import { formatGraphReference, type Graph } from '../graph';
import { migrationTarget, stateMapProblem, type StateMap } from '../intent';
import { FIRST } from '../ops/pages';
import { countRunning } from './running-intents';

/** Versions between which intents are moved, and where those go on whose state the newer lacks. */
export interface Course {
  from: Graph;
  to: Graph;
  map: StateMap;
}

/** What would become of the intents in one state. */
export interface PlannedMove {
  state: string;
  intents: number;
  /** State in which they would go on; left out where they can't be moved. */
  to?: string;
  /** Why they can't. */
  reason?: string;
}

/** @throws RangeError where no intent at all can be moved like that */
export function checkCourse({ from, to, map }: Course): void {
  if (from.name === to.name && from.version === to.version) {
    throw new RangeError(`--to: ${formatGraphReference(to)} is the version that they follow already`);
  }
  const problem = stateMapProblem(from, to, map);
  if (problem !== undefined) throw new RangeError(`--${problem.message}`);
}

/** Says what would become of the intents of a version that run now. Changes nothing. */
export async function planMoves(
  pool: Pool,
  { from, to, map }: Course,
  organizationId: string | undefined,
): Promise<PlannedMove[]> {
  const which = { graphName: from.name, graphVersion: from.version, organizationId };
  return (await countRunning(pool, which, FIRST)).map(({ state, intents }) => {
    const target = migrationTarget(to, state, map);
    return target.ok
      ? { state, intents, to: target.state }
      : { state, intents, reason: target.problem.message };
  });
}
