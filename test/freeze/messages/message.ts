import type { JsonSchema } from './json-schema';

/**
 * Who writes what has this form, and who reads it.
 *
 * - `read`: apps and people write it, the engine reads it
 * - `written`: the engine writes it, apps and people read it
 * - `exchanged`: the engine writes and reads it, in any two versions: an older one wrote what is in histories, and an
 *   older worker may run beside a newer one
 */
export type Direction = 'read' | 'written' | 'exchanged';

export interface MessagePart {
  readonly direction: Direction;
  /** Whether it is always given. */
  readonly required: boolean;
  readonly schema: JsonSchema;
}

/** Something that travels as JSON: its arguments, and what is answered. */
export interface Message {
  /** `signal requestTransition`, `activity recordOutcomes` */
  readonly name: string;
  readonly parts: Readonly<Record<string, MessagePart>>;
}
