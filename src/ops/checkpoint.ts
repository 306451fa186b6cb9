import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

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

/**
 * A file in which a long run keeps its position, so that it goes on there when it is started again after a crash.
 * Without a path nothing is kept.
 *
 * @throws Error when the file is of a run with another scope, or no such file
 */
export class Checkpoint {
  constructor(
    private readonly path: string | undefined,
    private readonly scope: string,
  ) {}

  read(): Position {
    if (this.path === undefined || !existsSync(this.path)) return { after: FIRST, counts: NOTHING };
    const parsed = checkpointSchema.safeParse(parseJson(readFileSync(this.path, 'utf8')));
    if (!parsed.success) {
      throw new Error(`--checkpoint: ${this.path} is no checkpoint; choose another file, or remove it`);
    }
    if (parsed.data.scope !== this.scope) {
      throw new Error(
        `--checkpoint: ${this.path} is of another run (${parsed.data.scope}); choose another file, or remove it`,
      );
    }
    return parsed.data;
  }

  /** In one step: whoever reads it finds a whole file. */
  write(position: Position): void {
    if (this.path === undefined) return;
    const partial = `${this.path}.${process.pid}`;
    writeFileSync(partial, `${JSON.stringify({ version: 1, scope: this.scope, ...position })}\n`);
    renameSync(partial, this.path);
  }

  /** The run is over. */
  remove(): void {
    if (this.path !== undefined) rmSync(this.path, { force: true });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
