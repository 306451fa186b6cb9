import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

import { CHECKOUT } from '../../../src/dev/checkout';
import type { JsonSchema } from './json-schema';
import type { Message } from './message';

const FOLDERS = ['graph', 'intent', 'workflows'];

/**
 * What the engine reads from others and checks: every zod schema that a file of the pure folders exports, so that a new
 * one needs no line here. What a `refine` or a `custom` checks is not in a JSON Schema.
 */
export async function parsedMessages(): Promise<Message[]> {
  const messages = new Map<string, Message>();
  for (const folder of FOLDERS) {
    const path = join(CHECKOUT, 'src', folder);
    for (const file of readdirSync(path).filter((name) => name.endsWith('.ts') && name !== 'index.ts')) {
      const exported = (await import(join(path, file))) as Record<string, unknown>;
      for (const [name, value] of Object.entries(exported)) {
        if (value instanceof z.ZodType) messages.set(name, parsedMessage(name, value));
      }
    }
  }
  return [...messages.values()];
}

export function parsedMessage(name: string, schema: z.ZodType): Message {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const part = { direction: 'read', required: true, schema: withoutNotes(json) as JsonSchema } as const;
  return { name: `schema ${name}`, parts: { value: part } };
}

const NOTES = ['$schema', 'title', 'description', 'examples'];

/** Without what describes and does not check: rewording a description changes no message. */
function withoutNotes(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutNotes);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([keyword]) => !NOTES.includes(keyword))
      .map(([keyword, value]) => [keyword, keyword in NAMED ? eachWithoutNotes(value) : withoutNotes(value)]),
  );
}

/** Keywords whose keys are names, and so may be any word. */
const NAMED = { properties: true, $defs: true, default: true };

function eachWithoutNotes(schemas: unknown): unknown {
  if (typeof schemas !== 'object' || schemas === null) return schemas;
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, withoutNotes(schema)]));
}
