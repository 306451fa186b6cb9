import { canonicalJson } from '../../../src/database/canonical-json';
import { incompatible, notFrozen, type Change } from '../change';
import { differences, formatDifferences } from '../differences';
import { incompatibleChanges, type Side } from './compare-schemas';
import type { Direction, Message, MessagePart } from './message';

const SIDES: Readonly<Record<Direction, readonly Side[]>> = {
  read: ['read'],
  written: ['written'],
  exchanged: ['read', 'written'],
};

/** What travels may gain what nobody has to know, and lose nothing. Pure. */
export function compareMessages(frozen: readonly Message[], present: readonly Message[]): Change[] {
  const now = new Map(present.map((message) => [message.name, message]));
  const then = new Set(frozen.map(({ name }) => name));
  return [
    ...frozen.flatMap((message) => {
      const today = now.get(message.name);
      return today === undefined
        ? [incompatible(message.name, 'is gone', KEEP)]
        : compareMessage(message, today);
    }),
    ...present.filter(({ name }) => !then.has(name)).map(({ name }) => notFrozen(name, 'is new')),
  ];
}

function compareMessage(frozen: Message, present: Message): Change[] {
  const names = [...new Set([...Object.keys(frozen.parts), ...Object.keys(present.parts)])];
  const changes = names.flatMap((name) =>
    comparePart(`${present.name}, ${name}`, frozen.parts[name], present.parts[name]),
  );
  if (changes.length > 0 || canonicalJson(frozen) === canonicalJson(present)) return changes;
  const found = formatDifferences(differences(frozen.parts, present.parts));
  return [notFrozen(present.name, `has changed compatibly: ${found}`)];
}

function comparePart(
  subject: string,
  frozen: MessagePart | undefined,
  present: MessagePart | undefined,
): Change[] {
  if (frozen === undefined) {
    if (present?.direction === 'written' || !present?.required) return [];
    return [
      incompatible(
        subject,
        'is new and required',
        'Make it optional: whoever sends the message does not give it.',
      ),
    ];
  }
  if (present === undefined) return [incompatible(subject, 'is gone', KEEP)];
  const changes: Change[] = [];
  const sides = SIDES[present.direction];
  if (sides.includes('read') && present.required && !frozen.required) {
    changes.push(incompatible(subject, 'is required now, and could be left out', 'Leave it optional.'));
  }
  if (sides.includes('written') && frozen.required && !present.required) {
    changes.push(incompatible(subject, 'may be missing now, and was always there', 'Always give it.'));
  }
  for (const side of sides) {
    for (const { path, what, fix } of incompatibleChanges(frozen.schema, present.schema, side)) {
      changes.push(incompatible(path === '' ? subject : `${subject}: ${path}`, what, fix));
    }
  }
  return changes;
}

const KEEP =
  'Keep it: running intents and apps of today use it. If it has only another name in the code, accept that.';
