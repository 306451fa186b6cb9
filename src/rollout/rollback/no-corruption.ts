import { formatFinding } from '../../ops/findings';
import { verify } from '../../ops/verify';
import { judged } from '../check';
import type { RollbackCheck } from './rollback';
import { sampleOf } from './running-intents';

const SHOWN = 10;

/** The fast verification, of the running intents that are looked at, or of all. */
export const noCorruption: RollbackCheck = {
  name: 'no-corruption',
  title: 'No corruption',
  step: 'rollback 3',
  async run({ servers, sample, all, signal }) {
    const pool = servers.pool('engine');
    const { client } = await servers.temporal();
    const problems: string[] = [];
    const ids = all ? undefined : await sampleOf(pool, sample);
    const summary = await verify({
      mode: 'fast',
      pool,
      client,
      ids,
      signal,
      onFinding: (finding) => problems.push(formatFinding(finding)),
      onUnchecked: (id, reason) => problems.push(`intent ${id} could not be checked: ${reason}`),
    });
    if (!summary.complete) problems.push('it was stopped before the end');
    const more = problems.length > SHOWN ? [`and ${problems.length - SHOWN} more`] : [];
    return judged(
      [...problems.slice(0, SHOWN), ...more],
      `${summary.intents} intents: their chains are unbroken, and ${summary.witnessed} heads are what Temporal remembers`,
      'intent verify says more; after a restore intent reconcile mends what is missing: docs/guides/restore.md.',
    );
  },
};
