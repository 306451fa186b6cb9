import { z } from 'zod';

import { FIRST } from './pages';

/** What a long run counts; each has a schema, so that a file of something else is not taken for one. */
export interface CountsOf<Counts> {
  schema: z.ZodType<Counts>;
  nothing: Counts;
}

/** How far a long run has come. */
export interface Position<Counts> {
  /** Id of the last intent that it is done with. */
  after: string;
  /** What was found before it was stopped still counts when it goes on. */
  counts: Counts;
}

/** Where a long run keeps its position. What `write` was given, `read` gives back: plain JSON. */
export interface CheckpointStore {
  /** For messages. */
  readonly name: string;
  /** What was written last, or `undefined`. */
  read(): unknown;
  write(checkpoint: object): void;
  /** The run is over. */
  remove(): void;
}

/**
 * The position of a long run, so that it goes on there when it is started again after a crash. Without a store nothing
 * is kept.
 *
 * @throws Error when the store holds that of a run with another scope, or something else
 */
export class Checkpoint<Counts> {
  constructor(
    private readonly store: CheckpointStore | undefined,
    /** What the run was told to do: another one may not go on from here. */
    private readonly scope: string,
    private readonly of: CountsOf<Counts>,
  ) {}

  read(): Position<Counts> {
    const kept = this.store?.read();
    if (kept === undefined) return { after: FIRST, counts: this.of.nothing };
    const parsed = z
      .object({ version: z.literal(1), scope: z.string(), after: z.guid(), counts: this.of.schema })
      .safeParse(kept);
    if (!parsed.success) {
      throw new Error(
        `--checkpoint: ${this.store?.name} is no checkpoint; choose another file, or remove it`,
      );
    }
    if (parsed.data.scope !== this.scope) {
      throw new Error(
        `--checkpoint: ${this.store?.name} is of another run (${parsed.data.scope}); choose another file, or remove it`,
      );
    }
    return parsed.data;
  }

  write(position: Position<Counts>): void {
    this.store?.write({ version: 1, scope: this.scope, ...position });
  }

  remove(): void {
    this.store?.remove();
  }
}
