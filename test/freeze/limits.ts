import { LIMITS } from '../../src/intent';
import { incompatible, notFrozen, type Change } from './change';

export type Limits = Readonly<Record<string, number>>;

/** The figures that requests are judged by. */
export function presentLimits(): Limits {
  return LIMITS;
}

/** What a request was judged by is what it must be judged by when its history is replayed. Pure. */
export function compareLimits(frozen: Limits, present: Limits): Change[] {
  const names = [...new Set([...Object.keys(frozen), ...Object.keys(present)])];
  return names.flatMap((name) => {
    const [was, is] = [frozen[name], present[name]];
    const subject = `limit ${name}`;
    if (was === is) return [];
    if (was === undefined) return [notFrozen(subject, `is new: ${is}`)];
    return [
      incompatible(subject, is === undefined ? `is gone, and was ${was}` : `is ${is}, and was ${was}`, PATCH),
    ];
  });
}

const PATCH =
  'Judge by the new figure behind patched(): requests that are in histories were judged by the old one, and are judged again when they are replayed.';
