import { incompatible, notFrozen, type Change } from '../change';
import { differences, formatDifferences } from '../differences';
import type { Trail } from './replay-runs';

/**
 * A history that replays may still be judged otherwise: Temporal compares which commands a workflow gives and not what is
 * in them. So what the workflow tells while it is replayed must be what it told when it ran, as Postgres holds it. Pure.
 *
 * @param name of the run
 */
export function compareTrails(name: string, frozen: Trail, present: Trail): Change[] {
  const subject = `history ${name}`;
  const changed: string[] = [];
  const added: string[] = [];
  for (const [told, calls] of Object.entries(frozen)) {
    const now = present[told] ?? [];
    if (now.length !== calls.length) {
      changed.push(`${told} is told ${now.length} times, and was ${calls.length} times`);
    }
    const found = calls.slice(0, now.length).flatMap((args, index) => {
      // By the place of the argument: a further one is as harmless as a further field.
      return differences({ ...args }, { ...now[index] }, `${told}[${index}]`);
    });
    const harmful = found.filter(({ addition }) => !addition);
    if (harmful.length > 0) changed.push(formatDifferences(harmful));
    else if (found.length > 0) added.push(formatDifferences(found));
  }
  added.push(...Object.keys(present).filter((told) => !(told in frozen)));
  if (changed.length > 0) {
    return [incompatible(subject, `replays, but is judged otherwise: ${changed.join('; ')}`, PATCH)];
  }
  return added.length > 0 ? [notFrozen(subject, `tells more: ${added.join('; ')}`)] : [];
}

const PATCH =
  'Take the new way behind patched(): Postgres holds what was decided, and intent verify compares each row with the replay.';
