import { z } from 'zod';

import { FINDING_CODES, type FindingCode } from './findings';
import { FIRST } from './pages';

const codes = Object.keys(FINDING_CODES) as [FindingCode, ...FindingCode[]];

const checkpointSchema = z.object({
  version: z.literal(1),
  /** What the run was told to do: another one may not go on from here. */
  scope: z.string(),
  after: z.guid(),
  counts: z.object({
    intents: z.int().min(0),
    witnessed: z.int().min(0),
    forgotten: z.int().min(0),
    filed: z.int().min(0),
    unchecked: z.int().min(0),
    findings: z.partialRecord(z.enum(codes), z.int().min(1)),
  }),
});

/** What a run has counted so far: what was found before it was stopped still counts when it goes on. */
type Counts = z.output<typeof checkpointSchema>['counts'];

/** How far a long run has come. */
export interface Position {
  /** Id of the last intent that it is done with. */
  after: string;
  counts: Counts;
}

const NOTHING: Counts = { intents: 0, witnessed: 0, forgotten: 0, filed: 0, unchecked: 0, findings: {} };

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
export class Checkpoint {
  constructor(
    private readonly store: CheckpointStore | undefined,
    private readonly scope: string,
  ) {}

  read(): Position {
    const kept = this.store?.read();
    if (kept === undefined) return { after: FIRST, counts: NOTHING };
    const parsed = checkpointSchema.safeParse(kept);
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

  write(position: Position): void {
    this.store?.write({ version: 1, scope: this.scope, ...position });
  }

  remove(): void {
    this.store?.remove();
  }
}
